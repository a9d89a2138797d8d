import { parseCommandLine } from './command-line.ts';
import { openConfigFile } from './config/config-file.ts';
import { errorFields, OperatorError } from './error.ts';
import { serveHealth } from './health.ts';
import { inClusterAccess } from './kubernetes/access.ts';
import { kubernetesClient } from './kubernetes/client.ts';
import { log } from './log.ts';
import { runOperator } from './operator.ts';

async function main(): Promise<void> {
  const stop = new AbortController();
  // As the first process of a container it has no default reaction to signals.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());

  const line = parseCommandLine(process.argv.slice(2));
  const config = await openConfigFile(line.config, log);
  const access = await inClusterAccess(process.env, line.serviceAccount);
  const client = kubernetesClient(access);
  let ready = false;
  const health = await serveHealth(line.health, () => ready);
  const { host, port, namespace } = access;
  log('info', 'begins', { server: `${host}:${port}`, namespace, health: health.port });
  const onReady = () => {
    ready = true;
    log('info', 'ready');
  };
  try {
    await runOperator({ client, namespace, config, onReady, signal: stop.signal, log });
  } finally {
    stop.abort();
    client.close();
    await health.close();
  }
  log('info', 'ends');
}

main().catch((error: unknown) => {
  log('error', 'cannot go on', errorFields(error));
  process.exitCode = error instanceof OperatorError && error.code === 'GREETING_ARGUMENTS' ? 2 : 1;
});
