/**
 * Who is signed in, for servers that ask for HTTP Basic. Kept for the browser tab only, so that closing it signs out.
 * The app listens to `subscribe` to show the login form when the server answers 401.
 */

const STORAGE_KEY = 'millrace.authorization';

type Listener = () => void;
const listeners = new Set<Listener>();
let loginRequired = false;

export function authorizationHeader(): string | null {
  return sessionStorage.getItem(STORAGE_KEY);
}

export function isLoginRequired(): boolean {
  return loginRequired;
}

/** The name that was signed in with, or null on servers without login. */
export function signedInUser(): string | null {
  const header = authorizationHeader();
  if (header === null) return null;
  const pair = fromBase64Utf8(header.slice('Basic '.length));
  return pair.slice(0, pair.indexOf(':'));
}

export function signIn(authorization: string): void {
  sessionStorage.setItem(STORAGE_KEY, authorization);
  setLoginRequired(false);
}

/** Forgets the credentials; the next answer of 401 asks for new ones. */
export function requireLogin(): void {
  sessionStorage.removeItem(STORAGE_KEY);
  setLoginRequired(true);
}

export function subscribe(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The header's value by RFC 7617, with UTF-8 as the charset. */
export function basicAuthorization(user: string, password: string): string {
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

function fromBase64Utf8(base64: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
}

function setLoginRequired(required: boolean): void {
  loginRequired = required;
  for (const listener of listeners) listener();
}
