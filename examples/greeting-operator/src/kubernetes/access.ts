import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '../error.ts';

/** How to reach the API server, and as whom. */
export interface Access {
  readonly host: string;
  readonly port: number;
  /** PEM: who vouches for the API server. */
  readonly ca: string;
  readonly namespace: string;
  /** The token as it is now: the kubelet renews it about every hour. */
  readonly token: () => Promise<string>;
}

export const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * What Kubernetes gives to every container: the API server's address in the environment, and the service account's
 * files. MetalK8s names the namespace in WATCH_NAMESPACE (its deployment.yaml.j2). Throws GREETING_ACCESS.
 */
export async function inClusterAccess(
  environment: Readonly<Record<string, string | undefined>>,
  folder = serviceAccountFolder,
): Promise<Access> {
  const host = environment['KUBERNETES_SERVICE_HOST'];
  const port = Number(environment['KUBERNETES_SERVICE_PORT'] ?? 443);
  if (host === undefined || host === '' || !Number.isInteger(port)) {
    throw new OperatorError('GREETING_ACCESS', 'the address of the API server is not known', {
      help: 'KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are set in every container of a cluster; elsewhere set them yourself',
    });
  }
  const token = () => accountFile(folder, 'token');
  await token();
  return {
    host,
    port,
    ca: await accountFile(folder, 'ca.crt'),
    namespace: environment['WATCH_NAMESPACE'] || (await accountFile(folder, 'namespace')),
    token,
  };
}

async function accountFile(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new OperatorError('GREETING_ACCESS', `the service account's ${name} cannot be read`, {
      path,
      cause,
      help: 'see whether the pod has a service account (serviceAccountName) and mounts its token',
    });
  }
}
