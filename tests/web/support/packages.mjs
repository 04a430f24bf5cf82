// The tests' packages are installed beside web/package.json, not beside the tests.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../../web/package.json', import.meta.url));

export const { chromium } = require('playwright-core');
export const redocly = require('@redocly/openapi-core');
export const qrCode = require('qrcode');
export const axeSource = require('axe-core').source;
