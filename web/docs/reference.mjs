// The reference page: the contract as HTML.
import { exampleOf, resolve } from '../api/assemble.mjs';
import { anchorOf, escape, jsonHtml, lineHtml, markdownHtml, pageHtml } from './html.mjs';

const limits = {
  none: 'not limited',
  general: '<a href="#limits">general limit</a>',
  lookup: '<a href="#limits">limit <code>lookup</code></a>',
  card: '<a href="#limits">limit <code>card</code></a>',
  bulk: '<a href="#limits">limit <code>bulk</code></a>',
};

function operationsOf(document, tag) {
  return Object.entries(document.paths).flatMap(([path, item]) => Object.entries(item)
    .filter(([, operation]) => operation.tags.includes(tag))
    .map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })));
}

function pathHtml(path) {
  // Where a path may be broken: before each slash.
  return escape(path).replace(/\//g, '<wbr>/').replace(/\{[^}]+\}/g, (parameter) => `<var>${parameter}</var>`);
}

function typeText(document, schema) {
  const { type, const: only, enum: some, format, items, pattern } = resolve(document, schema);
  if (only !== undefined)
    return `<code>${escape(JSON.stringify(only))}</code>`;
  if (some)
    return some.map((each) => `<code>${escape(each)}</code>`).join(' or ');
  if (type === 'array')
    return `array of ${typeText(document, items)}`;
  const name = Array.isArray(type) ? type.join(' or ') : type;
  return name + (format === 'date-time' ? ', time' : format || (pattern && type !== 'string') ? `, ${format}` : '');
}

function rangeText({ minimum, maximum, minItems, maxItems, minLength, maxLength, default: otherwise }) {
  const span = (from, to, unit) => (to === undefined ? `from ${from}${unit}` : `${from ?? 0} to ${to.toLocaleString('en')}${unit}`);
  const parts = [];
  if (maximum !== undefined || minimum > 0)
    parts.push(span(minimum, maximum, ''));
  if (minItems !== undefined && maxItems !== undefined)
    parts.push(span(minItems, maxItems, ' items'));
  if (minLength !== undefined && maxLength !== undefined)
    parts.push(span(minLength, maxLength, ' characters'));
  if (otherwise !== undefined)
    parts.push(`default ${otherwise}`);
  return parts.join(', ');
}

/** Returns the rows of an object's members, those of objects in it included. */
function memberRows(document, schema, prefix = '') {
  const { properties = {}, required = [] } = resolve(document, schema);
  return Object.entries(properties).map(([name, part]) => {
    const whole = resolve(document, part);
    const inner = whole.type === 'array' ? resolve(document, whole.items) : whole;
    const nested = inner.type === 'object' ? memberRows(document, inner, `${prefix}${name}${whole.type === 'array' ? '[]' : ''}.`) : '';
    const notes = [
      typeText(document, whole),
      required.includes(name) ? '' : 'optional',
      rangeText(whole),
    ].filter(Boolean).join(', ');
    return `<tr><th scope="row"><code>${prefix && `<small>${escape(prefix)}</small>`}${escape(name)}</code></th><td><em>${notes}</em>${
      whole.description ? ` ${lineHtml(whole.description.trim().replaceAll('\n', ' '))}` : ''}</td></tr>${nested}`;
  }).join('\n');
}

function membersHtml(document, schema, caption) {
  return `<table class="members"><caption>${caption}</caption><tbody>\n${memberRows(document, schema)}\n</tbody></table>`;
}

function parametersHtml(document, parameters) {
  // Headers that many operations have are described once for all.
  const own = parameters.filter(({ $ref }) => !$ref || resolve(document, { $ref }).in !== 'header')
    .map((each) => resolve(document, each));
  if (own.length === 0)
    return '';
  return `<table class="members"><caption>Parameters</caption><tbody>${own.map(({ name, in: place, description, required, schema }) => (
    `<tr><th scope="row"><code>${escape(name)}</code></th><td><em>${place}, ${typeText(document, schema)}${
      required ? '' : ', optional'}</em> ${lineHtml(description.trim().replaceAll('\n', ' '))}</td></tr>`)).join('')}</tbody></table>`;
}

/** Returns a command that asks for the example. */
function curlOf(document, { path, method, parameters, requestBody, security, responses }) {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => {
    const { schema } = parameters.map((each) => resolve(document, each)).find((each) => each.name === name);
    return exampleOf(document, schema);
  });
  const needsKey = security.length > 0 && security.every((each) => each.apiKey);
  const example = requestBody?.content['application/json'].example;
  const types = Object.keys(responses[200].content ?? {});
  const name = filled.split('/').at(-1);
  const isFile = types.some((type) => /pdf|png|zip/.test(type)) && (!types.includes('application/json') || name.includes('.'));
  const parts = [
    `curl ${method === 'GET' || (method === 'POST' && example) ? '' : `-X ${method} `}<span class="origin">https://HOST</span>${escape(filled)}`,
    ...(needsKey ? ["-H 'Authorization: Bearer KEY'"] : []),
    ...(example ? ["-H 'Content-Type: application/json'", escape(`-d '${JSON.stringify(example)}'`)] : []),
    ...(isFile ? [`-o ${name.includes('.') ? name : 'card.pdf'}`] : []),
    ...(types.includes('text/event-stream') ? ['-N'] : []),
  ];
  return `<figure class="curl"><pre tabindex="0"><code>${parts.join(' \\\n  ')}</code></pre></figure>`;
}

function answerHtml(document, status, { description, content = {}, headers = {} }) {
  const json = Object.entries(content).find(([type, { schema }]) => schema && type.endsWith('json'));
  const files = Object.keys(content).filter((type) => type !== json?.[0]);
  const parts = [`<h4><span class="status s${status[0]}">${status}</span> ${lineHtml(description)}</h4>`];
  if (json) {
    const [type, { schema, example }] = json;
    const { properties = {} } = resolve(document, schema);
    const inEnvelope = properties.success && properties.data;
    parts.push(`<pre tabindex="0" aria-label="Example of the answer"><code>${jsonHtml(example ?? {})}</code></pre>`);
    if (inEnvelope)
      parts.push(membersHtml(document, properties.data, `<code>data</code>`));
    else if (Object.keys(properties).length > 0)
      parts.push(membersHtml(document, schema, `<code>${escape(type)}</code>`));
  }
  for (const { example } of files.map((type) => content[type]))
    if (example)
      parts.push(`<pre tabindex="0" aria-label="Example of the answer"><code>${escape(example)}</code></pre>`);
  if (files.length > 0)
    parts.push(`<p>${json ? 'Or' : 'As'} ${files.map((type) => `<code>${escape(type)}</code>`).join(', ')}.</p>`);
  if (Object.keys(headers).length > 0)
    parts.push(`<p class="headers">Headers: ${Object.keys(headers)
      .map((name) => `<a href="#header-${anchorOf(name)}">${escape(name)}</a>`).join(', ')}</p>`);
  return parts.join('\n');
}

function errorsHtml(document, errors, responses) {
  const statuses = Object.keys(responses).filter((status) => responses[status].$ref);
  const links = errors.filter(({ status }) => statuses.includes(String(status)))
    .map(({ status, code, slug }) => `<a href="/docs/errors/${slug}">${status}&nbsp;<code>${code}</code></a>`);
  return `<p class="errors">Errors: ${links.join(' ')}</p>`;
}

function operationHtml(document, errors, operation) {
  const { method, path, summary, description, security, parameters, requestBody, responses } = operation;
  const scopes = security.flatMap(({ apiKey = [] }) => apiKey);
  const isOptional = security.some((each) => !each.apiKey);
  const access = scopes.length === 0
    ? 'open to all'
    : `${isOptional ? 'open to all; more with the' : ''} <a href="#keys-and-scopes">scope <code>${scopes[0]}</code></a>`;
  const answers = Object.entries(responses).filter(([, response]) => !response.$ref);
  const bodySchema = requestBody?.content['application/json'].schema;
  return `<article id="${operation.operationId}">
<h3><a class="self" href="#${operation.operationId}"><span class="method ${method.toLowerCase()}">${method}</span> <span class="path">${pathHtml(path)}</span></a></h3>
<p class="summary">${lineHtml(summary)}</p>
<p class="access">${access} · ${limits[operation['x-limit']]}${operation['x-also-method'] ? ` · also <code>${operation['x-also-method']}</code>` : ''}</p>
${markdownHtml(description)}
${curlOf(document, operation)}
${parametersHtml(document, parameters)}
${bodySchema ? membersHtml(document, bodySchema, `Body, JSON${requestBody.required ? '' : ', optional'}`) : ''}
${answers.map(([status, response]) => (status === '304' ? '' : answerHtml(document, status, response))).join('\n')}
${errorsHtml(document, errors, responses)}
</article>`;
}

function navigationHtml(document) {
  const chapters = [...document.info.description.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
  const group = (title, anchor, links) => `<li><a href="#${anchor}">${title}</a><ul>${links.join('')}</ul></li>`;
  return `<nav aria-label="Contents"><details id="contents" open><summary>Contents</summary><ul>
${group('Overview', 'overview', chapters.map((title) => `<li><a href="#${anchorOf(title)}">${title}</a></li>`))}
${document.tags.map(({ name }) => group(name, anchorOf(name), operationsOf(document, name).map((operation) => (
    `<li><a class="operation" href="#${operation.operationId}"><span class="method ${operation.method.toLowerCase()}">${operation.method}</span> <span>${
      lineHtml(operation.summary)}</span></a></li>`)))).join('\n')}
${group('Shared', 'shared', ['<li><a href="#error-codes">Error codes</a></li>', '<li><a href="#headers">Headers</a></li>'])}
</ul></details></nav>`;
}

function sharedHtml(document, errors) {
  const { headers, parameters, schemas } = document.components;
  const described = (name, { description }, more = '') => (
    `<tr><th scope="row" id="header-${anchorOf(name)}"><code>${escape(name)}</code></th><td>${lineHtml(description.trim().replaceAll('\n', ' '))}${more}</td></tr>`);
  const example = ({ schema }) => {
    const value = exampleOf(document, schema, true);
    return value === undefined || schema.const ? '' : ` Such as <code>${escape(value)}</code>.`;
  };
  const asked = Object.values(parameters).filter(({ in: place }) => place === 'header');
  return `<section><h2 id="shared">Shared</h2>
<h3 id="error-codes">Error codes</h3>
<p>Each leads to its explanation.</p>
<table class="members codes"><tbody>${errors.map(({ status, code, slug, title }) => (
    `<tr><th scope="row"><a href="/docs/errors/${slug}"><code>${code}</code></a></th><td>${status}, ${escape(title)}</td></tr>`)).join('')}</tbody></table>
<p>Such a document:</p>
<pre tabindex="0" aria-label="Example of an error"><code>${jsonHtml(errors.find(({ code }) => code === 'RATE_LIMIT_EXCEEDED').example)}</code></pre>
${membersHtml(document, schemas.Problem, '<code>application/problem+json</code>')}
<h3 id="headers">Headers</h3>
<table class="members"><caption>Of requests</caption><tbody>${asked.map((each) => described(each.name, each)).join('\n')}</tbody></table>
<table class="members"><caption>Of answers</caption><tbody>${Object.entries(headers)
    .filter(([name]) => name !== 'X-Cache-Stale' && name !== 'X-Request-Id')
    .map(([name, header]) => described(name, header, example(header))).join('\n')}</tbody></table>
</section>`;
}

/** Returns the page. `errors` have their slug and an example each. */
export function referencePage(document, errors) {
  const { title, version, summary, description } = document.info;
  const body = `<a class="skip" href="#main">To the content</a>
<header><p class="brand"><a href="/docs">${title}</a></p><p><a href="/openapi.json">openapi.json</a></p></header>
<div class="columns">
${navigationHtml(document)}
<main id="main" tabindex="-1">
<section><h1 id="overview">${title} API <small>${version}</small></h1>
<p class="summary">${summary}</p>
${markdownHtml(description)}
</section>
${document.tags.map((tag) => `<section><h2 id="${anchorOf(tag.name)}">${tag.name}</h2>
${markdownHtml(tag.description)}
${operationsOf(document, tag.name).map((operation) => operationHtml(document, errors, operation)).join('\n')}
</section>`).join('\n')}
${sharedHtml(document, errors)}
</main>
</div>`;
  return pageHtml({ title: `${title} API`, description: summary, body, script: true });
}
