import { describe, expect, it } from 'vitest';
import { parseCommandLine } from './command-line.ts';

const config = '--config=/etc/config/operator.yaml';

describe('parseCommandLine', () => {
  it('takes what MetalK8s gives', () => {
    expect(parseCommandLine([config])).toEqual({
      config: '/etc/config/operator.yaml',
      health: { port: 8383 },
      serviceAccount: '/var/run/secrets/kubernetes.io/serviceaccount',
    });
  });

  it.each([
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    [':9000', { port: 9000 }],
  ])('takes --health=%s', (text, health) => {
    expect(parseCommandLine([config, `--health=${text}`]).health).toEqual(health);
  });

  it.each([[[]], [['--other']], [[config, 'word']], [[config, '--health=8383']], [[config, '--health=:70000']]])(
    'refuses %j',
    (args) => {
      expect(() => parseCommandLine(args)).toThrow(
        expect.objectContaining({ code: 'GREETING_ARGUMENTS', help: expect.stringContaining('--config=FILE') }),
      );
    },
  );
});
