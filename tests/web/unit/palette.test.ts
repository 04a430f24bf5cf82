import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const css = await readFile('web/dashboard/palette.css', 'utf8');
const [light, dark] = css.split('@media').map((part) => (
  Object.fromEntries([...part.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name!, value!]))));

// WCAG 2.2, relative luminance and contrast ratio.
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

const tones = ['ok', 'warn', 'bad', 'info'];
const texts = [
  ...['ground', 'panel'].flatMap((ground) => ['ink', 'quiet', 'accent', ...tones].map((ink) => [ink, ground])),
  ...tones.flatMap((tone) => [[tone, `${tone}-ground`], ['ink', `${tone}-ground`], ['quiet', `${tone}-ground`]]),
  ['on-accent', 'accent'],
  ['panel', 'bad'],
];
const shapes = [
  ...['edge', 'accent', 'series-1', 'series-2', 'series-3', ...tones].flatMap((shape) => [[shape, 'panel'], [shape, 'ground']]),
];

test('the contrast of two colours is as WCAG computes it', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21);
  assert.equal(contrast('#777777', '#ffffff').toFixed(2), '4.48');
});

for (const [name, colours] of Object.entries({ light, dark }))
  test(`texts and shapes stand out from what is behind them, in ${name}`, () => {
    for (const [pairs, least] of [[texts, 4.5], [shapes, 3]] as [string[][], number][])
      for (const [front, back] of pairs) {
        const ratio = contrast(colours![front!]!, colours![back!]!);
        assert.ok(ratio >= least, `${front} on ${back}: ${ratio.toFixed(2)} to 1, less than ${least}`);
      }
  });
