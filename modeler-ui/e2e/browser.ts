import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const DEFAULT_CHROMIUM = '/usr/bin/chromium';

/** A browser page on the app under test, which collects what went wrong in it. */
export interface AppPage {
  page: Page;
  /** Uncaught exceptions and console errors so far. */
  errors: readonly string[];
  screenshot(name: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the app. Environment: `E2E_BASE_URL` (the server's address, needed), `E2E_SCREENSHOTS` (a folder; none are
 * taken without it), `CHROMIUM` (the browser's path).
 */
export async function openApp(path: string): Promise<AppPage> {
  const baseUrl = process.env['E2E_BASE_URL'];
  if (!baseUrl) throw new Error('Expected E2E_BASE_URL to name a running server, but it is not set');
  const screenshots = process.env['E2E_SCREENSHOTS'];
  if (screenshots) await mkdir(screenshots, { recursive: true });

  const browser: Browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? DEFAULT_CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(20_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
  page.on('console', (message) => {
    // The browser also reports every 404, which is a normal answer where a task or instance may end meanwhile.
    if (message.type() === 'error' && !message.text().includes('status of 404')) errors.push(message.text());
  });
  await page.goto(`${baseUrl.replace(/\/$/, '')}/#${path}`);

  return {
    page,
    errors,
    async screenshot(name) {
      if (screenshots) await page.screenshot({ path: join(screenshots, `${name}.png`) });
    },
    close: () => browser.close(),
  };
}
