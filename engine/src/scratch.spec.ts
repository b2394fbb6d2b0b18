import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'vitest';
import { processTest } from './testing/index.js';
const cases = JSON.parse(readFileSync('/work/shared/conformance/cases.json', 'utf8'));
const oracle = { ...JSON.parse(readFileSync('/work/shared/conformance/oracle/camunda.json', 'utf8')).cases, ...JSON.parse(readFileSync('/work/shared/conformance/oracle/betsy.json', 'utf8')).cases, ...JSON.parse(readFileSync('/work/shared/conformance/oracle/operaton.json', 'utf8')).cases };
test('deployability', async () => {
  let ok = 0, wrongRefuse = 0, wrongAccept = 0; const reasons: Record<string, number> = {};
  for (const c of cases) {
    const o = oracle[c.id]; if (!o) continue;
    const t = await processTest();
    try {
      await t.deploy(Object.fromEntries(c.files.map((f: any) => [f.name.replace(/\.bpmn20\.xml$/, '.bpmn').replace(/\.dmn11\.xml$/,'.dmn'), readFileSync('/work/shared/conformance/models/' + f.file, 'utf8')])));
      if (o.deploy.status === 200) ok++; else { wrongAccept++; console.log('ACCEPTED', c.id); }
    } catch (e: any) {
      if (o.deploy.status === 200) { wrongRefuse++; const m = (e.message ?? String(e)).split('|')[0].slice(0, 150); reasons[m] = (reasons[m] ?? 0) + 1; if (!e.code) console.log('CRASH', c.id, e.stack?.slice(0, 300)); }
      else ok++;
    }
  }
  console.log({ ok, wrongRefuse, wrongAccept });
  console.log(Object.entries(reasons).sort((a, b) => b[1] - a[1]).map(([m, n]) => n + ' ' + m).join('\n'));
}, 120000);
