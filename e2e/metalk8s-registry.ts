import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { jinja2 } from '../tools/python.ts';
import { referee } from '../tools/referee.ts';

/**
 * What MetalK8s' own registry has in front of every Solution's configuration: its server (nginx.conf.j2) and the
 * constant locations (metalk8s-registry-common.inc, made by static-container-registry.py --only-constants).
 */
const common = `
location = /v2 {
    return 301 /v2/;
}
location = /v2/ {
    return 200 'ok';
}
location @404_tag {
    internal;
    types { } default_type "application/json";
    return 404 '{"errors": [{"code": "TAG_INVALID", "message": "manifest tag did not match URI", "detail": ""}]}';
}
`;

export interface Registry {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  stop(): Promise<void>;
}

export interface Served {
  /** registry-config.inc.j2. */
  readonly config: string;
  /** MetalK8s: `<name>-<version>`. */
  readonly repository: string;
  /** The folder that holds the images. */
  readonly registryRoot: string;
}

/** Runs nginx as MetalK8s does, over the Solutions that are given. `folder` takes its files; everybody must reach it. */
export async function metalk8sRegistry(folder: string, solutions: readonly Served[]): Promise<Registry> {
  await mkdir(join(folder, 'conf.d'), { recursive: true });
  await writeFile(join(folder, 'conf.d', 'common.inc'), common);
  for (const { config, repository, registryRoot } of solutions) {
    const rendered = await jinja2(config, { repository, registry_root: registryRoot });
    await writeFile(join(folder, 'conf.d', `${repository}-registry-config.inc`), rendered);
  }
  const port = await freePort();
  await writeFile(join(folder, 'nginx.conf'), mainConfig(folder, port));
  const child = spawn(referee('nginx'), ['-p', folder, '-c', join(folder, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(`nginx refuses the configuration:\n${errors}`);
    await setTimeout(20);
  }
  return {
    url,
    host: `127.0.0.1:${port}`,
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** The worker is another user than the one who owns the files, as in MetalK8s' container. */
function mainConfig(folder: string, port: number): string {
  return `${process.getuid?.() === 0 ? 'user nobody nogroup;\n' : ''}daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr;
events { }
http {
    access_log off;
    client_body_temp_path ${folder}/body;
    proxy_temp_path ${folder}/proxy;
    fastcgi_temp_path ${folder}/fastcgi;
    uwsgi_temp_path ${folder}/uwsgi;
    scgi_temp_path ${folder}/scgi;
    server {
        listen 127.0.0.1:${port};
        server_name localhost;
        location / {
            root ${folder}/www;
            autoindex on;
        }
        include ${folder}/conf.d/*.inc;
    }
}
`;
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/v2/`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
