import assert from 'node:assert/strict';
import { test } from 'node:test';

import { chooseLanguage, languages } from '../../../web/verify/texts/language.ts';

// Returns all texts of a language, nested ones too, by their path.
function leaves(value: object, path = ''): [string, string][] {
  return Object.entries(value).flatMap(([key, text]) => (
    typeof text === 'string' ? [[`${path}${key}`, text] as [string, string]] : leaves(text, `${path}${key}.`)));
}

test('every language says everything, and in its own words', () => {
  const english = new Map(leaves(languages.en));
  for (const [code, texts] of Object.entries(languages)) {
    assert.deepEqual(leaves(texts).map(([path]) => path), [...english.keys()], code);
    for (const [path, text] of leaves(texts)) {
      assert.equal(text, text.trim(), `${code} ${path}`);
      assert.notEqual(text, '', `${code} ${path}`);
      if (code !== 'en')
        assert.notEqual(text, english.get(path), `${code} ${path}`);
    }
  }
});

test('the three states never read alike', () => {
  for (const { states } of Object.values(languages))
    assert.equal(new Set(Object.values(states)).size, 3);
});

test('the remembered language comes first, then what the browser prefers, then English', () => {
  assert.equal(chooseLanguage('xh', ['zu-ZA']), 'xh');
  assert.equal(chooseLanguage(null, ['zu-ZA', 'en']), 'zu');
  assert.equal(chooseLanguage(null, ['nso', 'ST', 'en-ZA']), 'st');
  assert.equal(chooseLanguage('fr', ['de', 'af-ZA']), 'af');
  assert.equal(chooseLanguage(null, ['constructor', 'de']), 'en');
  assert.equal(chooseLanguage(null, []), 'en');
});
