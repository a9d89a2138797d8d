/** `node serve.ts registry.yaml`: docker-registry with this configuration, until it is stopped. */
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fail, localRegistry, ownerHeader, portTaken, type LocalRegistry } from './registry.ts';

/** A first push asks for much that is not there yet, and the registry logs each of it as an error. */
const log = 'dist/registry.log';
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

try {
  const registry = localRegistry(process.argv[2] ?? 'registry.yaml');
  await checkPort(registry);
  serve(registry);
} catch (error) {
  fail(error);
}

function serve({ program, config, address, owner }: LocalRegistry): void {
  // The header lets `ready.ts` tell this registry from any other that answers there.
  const env = { ...process.env, [`REGISTRY_HTTP_HEADERS_${ownerHeader.toUpperCase()}`]: `[${owner}]` };
  mkdirSync('dist', { recursive: true });
  const output = openSync(log, 'w');
  const child = spawn(program, ['serve', config], { env, stdio: ['ignore', output, output] });
  console.log(`registry at http://${address}, its log is ${log}`);
  child.once('error', fail);
  child.once('exit', (code) => {
    if (code) console.error(readFileSync(log, 'utf8'));
    process.exit(code ?? 0);
  });
  for (const signal of signals) process.on(signal, () => child.kill(signal));
}

/** Throws where something listens there already: docker-registry itself would say so in a line among others. */
async function checkPort(registry: LocalRegistry): Promise<void> {
  const [host, port] = registry.address.split(':');
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? portTaken(registry) : error),
    );
    server.listen(Number(port), host, resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}
