import { useSyncExternalStore } from 'react';
import { signedInUser, subscribe as subscribeToSession } from '../api/session.js';

const STORAGE_KEY = 'millrace.user';
const DEFAULT_USER = 'demo';
const listeners = new Set<() => void>();

/** Whom tasks are claimed for: who signed in, else the name that was typed here last. */
export function useCurrentUser(): { user: string; isSignedIn: boolean; setUser(name: string): void } {
  const user = useSyncExternalStore(subscribe, currentUser);
  return { user, isSignedIn: signedInUser() !== null, setUser };
}

function currentUser(): string {
  return signedInUser() ?? localStorage.getItem(STORAGE_KEY) ?? DEFAULT_USER;
}

function setUser(name: string): void {
  const trimmed = name.trim();
  if (trimmed === '') localStorage.removeItem(STORAGE_KEY);
  else localStorage.setItem(STORAGE_KEY, trimmed);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  const unsubscribe = subscribeToSession(listener);
  return () => {
    listeners.delete(listener);
    unsubscribe();
  };
}
