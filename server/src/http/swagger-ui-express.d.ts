/** The two functions that we use; the package brings no types. */
declare module 'swagger-ui-express' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;
  interface SwaggerUiOptions {
    swaggerUrl?: string;
    swaggerOptions?: Record<string, unknown>;
    customSiteTitle?: string;
  }
  export function serveFiles(document: undefined, options: SwaggerUiOptions): Middleware[];
  export function generateHTML(document: undefined, options: SwaggerUiOptions): string;
}
