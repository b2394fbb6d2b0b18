import { test } from 'vitest';
import { createScriptHost } from './javascript-host.js';
import { testContext } from './test-context.js';
test('x', async () => {
  for (const kb of [32,48,64]) {
    const host = await createScriptHost({ stackBytes: kb*1024 });
    for (const s of ['var d=0; function f() { d++; return f() + 1 } try { f() } catch(e) {} d', 'var d=0; function f(a,b,c) { d++; var x=[1,2].map(function(){ return f(a,b,c)}); return x } try { f() } catch(e) {} d','JSON.parse("[".repeat(1e6))','eval("(".repeat(1e5))','eval("[".repeat(1e5)+"]".repeat(1e5))','var a=[];for(;;)a.push({})','var o = {}; for (var i = 0; i < 1e5; i++) o = { o: o }; o', 'eval("!".repeat(1e5)+"1")','eval("a=>".repeat(1e5)+"1")','eval("{".repeat(1e5))','new RegExp("(?:".repeat(1e5))','var a=[];for(var i=0;i<1e5;i++)a=[a]; a.flat(Infinity)','var a=[];for(var i=0;i<1e5;i++)a=[a]; String(a)'])
    try { console.log(kb, s.slice(0,40), JSON.stringify(host.run('js', s, testContext())).slice(0,100)); } catch (e) { console.log(kb, s.slice(0,40), '=>', String(e).slice(0,200)); await new Promise(r=>setTimeout(r,30)); }
  }
}, 60000);
