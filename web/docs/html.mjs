// Text as HTML: escaping, JSON with its names marked, and the Markdown that the contract's descriptions use.
const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escape(text) {
  return String(text).replace(/[&<>"]/g, (character) => entities[character]);
}

/** Returns the id of a heading. */
export function anchorOf(text) {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
}

/** Returns `value` as JSON of several lines, its names and texts marked. Long texts are cut in the middle. */
export function jsonHtml(value) {
  const short = JSON.stringify(value, (_, part) => (
    typeof part === 'string' && part.length > 96 ? `${part.slice(0, 64)}…${part.slice(-8)}` : part), 2);
  return escape(short).replace(/&quot;(?:[^&\\]|\\.|&(?!quot;))*&quot;(:)?/g, (text, colon) => (
    colon ? `<b>${text.slice(0, -1)}</b>:` : `<i>${text}</i>`));
}

/** Returns text of one line: `code`, and what else must be escaped. */
export function lineHtml(text) {
  return escape(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function tableHtml(rows) {
  const cells = rows.map((row) => row.replace(/^\||\|$/g, '').split('|').map((cell) => lineHtml(cell.trim())));
  const [head, , ...body] = cells;
  const line = (row, cell) => `<tr>${row.map((each) => `<${cell}>${each}</${cell}>`).join('')}</tr>`;
  return `<div class="wide" tabindex="0"><table><thead>${line(head, 'th')}</thead><tbody>${
    body.map((row) => line(row, 'td')).join('')}</tbody></table></div>`;
}

/** Returns Markdown's paragraphs, second-level headings and tables. */
export function markdownHtml(text = '') {
  return text.trim().split(/\n\s*\n/).map((block) => {
    if (block.startsWith('## '))
      return `<h3 id="${anchorOf(block.slice(3))}">${lineHtml(block.slice(3))}</h3>`;
    if (block.startsWith('|'))
      return tableHtml(block.split('\n'));
    return `<p>${lineHtml(block.replaceAll('\n', ' '))}</p>`;
  }).join('\n');
}

/** Returns a whole page of the documentation. */
export function pageHtml({ title, description, body, script = false }) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${escape(description)}">
<title>${escape(title)}</title>
<link rel="stylesheet" href="/docs/page.css">
<link rel="icon" href="/docs/icon.svg" type="image/svg+xml">${script ? '\n<script type="module" src="/docs/page.js"></script>' : ''}
</head>
<body>
${body}
</body>
</html>
`;
}
