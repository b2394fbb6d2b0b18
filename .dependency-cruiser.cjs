/** Who may import whom. The engine is pure and knows nobody; browser app and workers know only HTTP. */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'engine-is-pure',
      comment:
        'No Node API, framework, database or queue in the engine: it runs in browsers, and the same input gives the same outcome.',
      severity: 'error',
      from: { path: '^engine/src', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'engine-knows-nobody',
      severity: 'error',
      from: { path: '^engine/src' },
      to: { path: '^(server|workers|modeler-ui)/|@nestjs|typeorm|bullmq|ioredis|fastify|node_modules/pg/' },
    },
    {
      name: 'workers-know-only-http',
      severity: 'error',
      from: { path: '^workers/src' },
      to: { path: '^(server|engine|modeler-ui)/' },
    },
    {
      name: 'browser-app-knows-only-http',
      severity: 'error',
      from: { path: '^modeler-ui/src' },
      to: { path: '^(server|workers)/' },
    },
    {
      name: 'persistence-knows-only-the-engine',
      severity: 'error',
      from: { path: '^server/src/persistence' },
      to: { path: '^server/src/(?!persistence|config|deployment/definition|logging)', pathNot: '^engine' },
    },
    {
      name: 'no-controller-of-another-resource',
      comment: 'Resources meet through services.',
      severity: 'error',
      from: { path: '^server/src/([^/]+)/' },
      to: { path: '^server/src/([^/]+)/.*\\.controller\\.ts$', pathNot: '^server/src/$1/' },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: '(\\.d\\.ts|\\.spec\\.ts|main\\.tsx?|index\\.ts)$' },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|dist' },
    exclude: { path: 'dist' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
