import { parseArgs } from 'node:util';
import { OperatorError } from './error.ts';
import { serviceAccountFolder } from './kubernetes/access.ts';

export interface CommandLine {
  /** MetalK8s' OperatorConfig. */
  readonly config: string;
  /** Without a host: every address. */
  readonly health: { readonly host?: string; readonly port: number };
  readonly serviceAccount: string;
}

const usage = 'greeting-solution-operator --config=FILE [--health=HOST:PORT] [--service-account=FOLDER]';

/** MetalK8s gives `--config` and nothing else (its deployment.yaml.j2). Throws GREETING_ARGUMENTS. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { config, health, 'service-account': serviceAccount } = valuesOf(args);
  const [, host, port] = /^(?:\[([\da-f:]+)\]|[^[\]:]*):(\d{1,5})$/i.exec(health) ?? [];
  if (config === undefined) throw wrong('--config is missing');
  if (port === undefined || Number(port) > 65535) throw wrong(`--health=${health} is no HOST:PORT`);
  const named = host ?? health.slice(0, health.lastIndexOf(':'));
  return { config, health: { ...(named === '' ? {} : { host: named }), port: Number(port) }, serviceAccount };
}

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        config: { type: 'string' },
        health: { type: 'string', default: ':8383' },
        'service-account': { type: 'string', default: serviceAccountFolder },
      },
    }).values;
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

function wrong(message: string): OperatorError {
  return new OperatorError('GREETING_ARGUMENTS', message, { help: usage });
}
