import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { description } from '../../test/rig.ts';
import { installYaml } from './install-yaml.ts';

const options = { rootUuid: 'abc', console: 'ttyS0', time: 1_704_067_200 };

describe('the install.yaml of a test', () => {
  it('has every key that metal-hammer writes', () => {
    const value = parse(installYaml(description('/x'), options)) as Record<string, unknown>;
    expect(Object.keys(value).sort()).toEqual(
      (
        'hostname sshpublickey networks machineuuid password console timestamp nics vpn role raidenabled root_uuid ' +
        'firewallrules dnsservers ntpservers'
      )
        .split(' ')
        .sort(),
    );
    expect(value).toMatchObject({
      hostname: 'small',
      root_uuid: 'abc',
      console: 'ttyS0,115200n8',
      timestamp: '2024-01-01T00:00:00Z',
    });
  });

  it('takes the author’s keys over its own, and further ones', () => {
    const mine = { hostname: 'mine', networks: [], userdata: { a: [1] } };
    const value: unknown = parse(installYaml(description('/x', { installYaml: mine }), options));
    expect(value).toMatchObject({ ...mine, role: 'machine' });
  });

  it('puts a value on the line of its key, for installers that read it with sed', () => {
    expect(installYaml(description('/x'), options)).toMatch(/^root_uuid: abc$/m);
    expect(installYaml(description('/x'), options)).toMatch(/^sshpublickey: ssh-ed25519 .* user@example\.com$/m);
  });
});
