import { lazy } from 'react';

/** form-js is large and most pages show no form: it is loaded when the first one does. */
export const LazyFormView = lazy(async () => ({ default: (await import('./form-view.js')).FormView }));
