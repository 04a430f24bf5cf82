import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { test } from 'node:test';

const most = 150 * 1024; // bytes, uncompressed

test('the whole dashboard is small', async () => {
  const sizes = await Promise.all(['index.html', 'page.css', 'page.js'].map((name) => stat(`web/dist/dashboard/${name}`)));
  const all = sizes.reduce((sum, { size }) => sum + size, 0);
  assert.ok(all < most, `${all} bytes`);
});
