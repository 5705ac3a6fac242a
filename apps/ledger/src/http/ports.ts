import { createServer } from 'node:net';
import { StartError } from '../installation/start-error.ts';

/** A port that the service will want, and the setting that chooses it. */
export type WantedPort = { readonly name: string; readonly port: number; readonly host: string };

/** Is the port free? Asked before anything is started: a taken port then costs a moment. @throws StartError */
export async function tryPort({ name, port, host }: WantedPort): Promise<void> {
  const server = createServer();
  await new Promise<void>((done, refuse) => {
    server.once('error', (error) => refuse(portError(error, port, name)));
    server.listen(port, host, () => server.close(() => done()));
  });
}

export function portError(error: Error, port: number, name: string): StartError {
  const { code, message } = error as NodeJS.ErrnoException;
  const sentence =
    code === 'EADDRINUSE'
      ? `port ${port} is taken by another program: stop it, or set ${name} to another port`
      : code === 'EACCES'
        ? `port ${port} may not be opened by this user: set ${name} to one above 1023`
        : `cannot listen on port ${port}: ${message}. Check ${name} and ANCHORLEAF_HOST`;
  return new StartError('installation/port-taken', sentence, { cause: error });
}
