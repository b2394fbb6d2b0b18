// What the framework alone can answer: a POST like that of a start, read as JSON and answered with a constant.
import { createRequire } from 'node:module';

const { fastify } = createRequire(new URL('../../server/package.json', import.meta.url))('fastify');
const app = fastify();
app.post('/engine-rest/process-definition/key/:key/start', async () => ({
  links: [],
  id: '0199aaaa-0000-7000-8000-000000000000',
  definitionId: 'bench:1:0',
  businessKey: 'bench',
  ended: false,
  suspended: false,
  tenantId: null,
}));
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
process.stdout.write('Millrace is ready\n');
