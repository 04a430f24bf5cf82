// What the reference page does beyond being read: commands are of the service that it came from and can be copied, the
// contents fold away on a phone, and show where the reader is. Without this script it is all there.

const contents = document.querySelector<HTMLDetailsElement>('#contents');
const wide = matchMedia('(min-width: 64rem)');

for (const place of document.querySelectorAll('.origin'))
  place.textContent = location.origin;

for (const figure of document.querySelectorAll('.curl')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Copy';
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(figure.querySelector('code')?.textContent ?? '');
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'Not allowed'; // without TLS browsers refuse it
    }
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
  });
  figure.append(button);
}

function fold(): void {
  if (contents)
    contents.open = wide.matches;
}

fold();
wide.addEventListener('change', fold);
contents?.addEventListener('click', (event) => {
  if (!wide.matches && (event.target as Element).closest('a'))
    contents.open = false;
});

const links = new Map<string, HTMLAnchorElement>();
for (const link of document.querySelectorAll<HTMLAnchorElement>('nav a'))
  links.set(link.hash.slice(1), link);

let current: HTMLAnchorElement | undefined;

function mark(link: HTMLAnchorElement): void {
  if (link === current)
    return;
  current?.removeAttribute('aria-current');
  current = link;
  link.setAttribute('aria-current', 'location');
  if (wide.matches && contents) {
    const nav = contents.parentElement as HTMLElement;
    const [top, bottom] = [link.offsetTop - nav.offsetTop, link.offsetTop - nav.offsetTop + link.offsetHeight];
    if (top < nav.scrollTop || bottom > nav.scrollTop + nav.clientHeight)
      nav.scrollTop = top - nav.clientHeight / 3;
  }
}

// What is in the upper part of the window is what is being read.
const observer = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    const link = isIntersecting && links.get(target.id);
    if (link)
      mark(link);
  }
}, { rootMargin: '0px 0px -75% 0px' });
for (const id of links.keys()) {
  const place = document.getElementById(id);
  if (place)
    observer.observe(place);
}
