import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../tools/repository.ts';
import { Cluster } from './greeting/cluster.ts';
import { eventually } from './greeting/eventually.ts';
import { endpoint, itServesGreetings } from './greeting/life.ts';
import { startOperator, type RunningOperator } from './greeting/operator.ts';

const versions = { '0.1.0': [endpoint, ['greeting-operator:0.1.0', 'hello-server:0.1.0']] } as const;

let cluster: Cluster;
let stranger: Cluster;
let operator: RunningOperator;
let failing: {
  readonly unconfigured: RunningOperator;
  readonly nowhere: RunningOperator;
  readonly misled: RunningOperator;
};

const deploy = join(root, 'examples/greeting-solution/operator/deploy');

function start(config: string, env: NodeJS.ProcessEnv): RunningOperator {
  const main = join(root, 'examples/greeting-operator/src/main.ts');
  const args = [main, `--config=${config}`, '--health=127.0.0.1:0', `--service-account=${cluster.account}`];
  return startOperator(process.execPath, args, env);
}

beforeAll(async () => {
  [cluster, stranger] = await Promise.all([Cluster.start(deploy), Cluster.start(deploy)]);
  await cluster.configure(versions);
  const config = join(cluster.config, 'operator.yaml');
  operator = start(config, cluster.environment);
  failing = {
    unconfigured: start(join(cluster.config, 'nothing.yaml'), cluster.environment),
    nowhere: start(config, {}),
    misled: start(config, stranger.environment),
  };
});
afterAll(async () => {
  await Promise.all([operator, ...Object.values(failing ?? {})].map((each) => each?.stop()));
  await cluster?.[Symbol.asyncDispose]();
  await stranger?.[Symbol.asyncDispose]();
});

describe('the operator from its sources', () => {
  itServesGreetings(
    () => versions,
    () => ({ cluster, operator }),
  );

  it('does not begin without its configuration', async () => {
    expect(await failing.unconfigured.end).toBe(1);
    expect(failing.unconfigured.output()).toContain('GREETING_CONFIG');
  });

  it('does not begin without a cluster', async () => {
    expect(await failing.nowhere.end).toBe(1);
    expect(failing.nowhere.output()).toContain('GREETING_ACCESS');
  });

  it('tells nothing to an API server that nobody vouches for', async () => {
    const { misled } = failing;
    await eventually(() => misled.output().includes('GREETING_API'), 'an error', misled);
    expect(await misled.stop()).toBe(0);
    expect(misled.output()).toMatch(/certificate/);
    expect(stranger.server.asked).toEqual([]);
  });
});
