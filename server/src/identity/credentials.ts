/** What a request says about who sends it. */
export interface Credentials {
  readonly kind: 'password' | 'apiKey';
  readonly name: string;
  readonly secret: string;
}

/** The headers that can carry credentials. */
export interface LoginHeaders {
  readonly authorization?: string | undefined;
  readonly 'x-api-key'?: string | string[] | undefined;
}

/**
 * HTTP Basic (RFC 7617), or an API key as Bearer token (RFC 6750) or in `X-API-Key`. A key is `name.secret`.
 * Null when there is neither.
 */
export function readCredentials(headers: LoginHeaders): Credentials | null {
  const { authorization = '', 'x-api-key': header } = headers;
  const basic = /^Basic\s+([A-Za-z0-9+/=_-]+)$/i.exec(authorization)?.[1];
  if (basic !== undefined) {
    const text = Buffer.from(basic, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    return colon < 0 ? null : { kind: 'password', name: text.slice(0, colon), secret: text.slice(colon + 1) };
  }
  const key = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1] ?? (typeof header === 'string' ? header.trim() : '');
  const dot = key.lastIndexOf('.');
  return dot < 1 ? null : { kind: 'apiKey', name: key.slice(0, dot), secret: key.slice(dot + 1) };
}
