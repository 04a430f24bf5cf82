// What the type URL of each error leads to: a page for browsers, and text for others.
import { escape, jsonHtml, markdownHtml, pageHtml } from './html.mjs';

const parts = [['cause', 'What it means'], ['client', 'What a client can do'], ['operator', 'What an operator can do']];

export function errorPage(error) {
  const { code, status, title, example } = error;
  const body = `<header><p class="brand"><a href="/docs">Tessera</a></p><p><a href="/docs#error-codes">All errors</a></p></header>
<main class="error">
<h1>${escape(title)}</h1>
<p class="summary"><span class="status s${String(status)[0]}">${status}</span> <code>${code}</code></p>
${parts.map(([part, heading]) => `<h2>${heading}</h2>\n${markdownHtml(error[part])}`).join('\n')}
<h2>What it looks like</h2>
<pre tabindex="0" aria-label="Example of the error"><code>${jsonHtml(example)}</code></pre>
</main>`;
  return pageHtml({ title: `${title} (${status} ${code})`, description: error.cause.trim().split('\n')[0], body });
}

export function errorText(error) {
  const { code, status, title } = error;
  const paragraphs = parts.map(([part, heading]) => `${heading}\n${error[part].trim()}\n`);
  return `${code} (${status}): ${title}\n\n${paragraphs.join('\n')}`;
}
