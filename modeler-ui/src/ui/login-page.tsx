import { type FormEvent, useState } from 'react';
import { ApiError, messageOf, requestJson } from '../api/http.js';
import { basicAuthorization, signIn } from '../api/session.js';

/** Asks for the user and password of a server that wants HTTP Basic, and tries them before it lets anybody in. */
export function LoginPage() {
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const authorization = basicAuthorization(String(data.get('user')), String(data.get('password')));
    setBusy(true);
    try {
      await requestJson('GET', '/process-definition/count', { authorization });
      signIn(authorization);
    } catch (reason) {
      const isRefused = reason instanceof ApiError && reason.status === 401;
      setError(isRefused ? 'The user name or the password is wrong.' : messageOf(reason));
      setBusy(false);
    }
  };

  return (
    <main className="login">
      <form className="login__card" onSubmit={(event) => void submit(event)}>
        <h1>
          <img src="./favicon.svg" alt="" width="28" height="28" /> Millrace
        </h1>
        {error !== null && (
          <p className="note note--error" role="alert">
            {error}
          </p>
        )}
        <label className="field">
          <span>User</span>
          <input name="user" autoComplete="username" required data-testid="login-user" />
        </label>
        <label className="field">
          <span>Password</span>
          <input
            name="password"
            type="password"
            autoComplete="current-password"
            required
            data-testid="login-password"
          />
        </label>
        <button type="submit" className="button button--primary" disabled={isBusy} data-testid="login-submit">
          Sign in
        </button>
      </form>
    </main>
  );
}
