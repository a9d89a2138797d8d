import { stringify } from 'yaml';
import type { OsImageDescription } from '../../../description/description.ts';

export interface InstallYamlOptions {
  readonly rootUuid: string;
  /** `ttyS0`. */
  readonly console: string;
  /** In seconds since 1970. */
  readonly time: number;
}

/**
 * The /etc/metal/install.yaml that metal-hammer writes into an image before its installer runs: every key of it, for a
 * worker with one private network (metal-hammer, api.InstallerConfig). Keys of `boot.installYaml` replace them.
 */
export function installYaml({ name, boot }: OsImageDescription, options: InstallYamlOptions): string {
  return stringify({ ...defaults(name, options), ...boot.installYaml }, { lineWidth: 0 });
}

function defaults(name: string, { rootUuid, console, time }: InstallYamlOptions): Record<string, unknown> {
  return {
    hostname: name.slice(0, 63),
    networks: [network],
    machineuuid: '00000000-0000-4000-8000-000000000001',
    sshpublickey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f user@example.com',
    password: 'a-password-of-a-test',
    console: `${console},115200n8`,
    timestamp: new Date(time * 1000).toISOString().replace('.000', ''),
    nics: [
      {
        mac: '52:54:00:00:00:01',
        name: 'lan0',
        neighbors: [{ mac: '52:54:00:00:01:01', name: 'swp1', neighbors: [] }],
      },
      {
        mac: '52:54:00:00:00:02',
        name: 'lan1',
        neighbors: [{ mac: '52:54:00:00:01:02', name: 'swp1', neighbors: [] }],
      },
    ],
    vpn: null,
    role: 'machine',
    raidenabled: false,
    root_uuid: rootUuid,
    firewallrules: { egress: [], ingress: [] },
    dnsservers: [],
    ntpservers: [],
  };
}

const network = {
  asn: 4200000001,
  destinationprefixes: ['0.0.0.0/0'],
  ips: ['10.0.16.2'],
  nat: false,
  networkid: '00000000-0000-4000-8000-000000000002',
  networktype: 'privateprimaryunshared',
  prefixes: ['10.0.16.0/22'],
  private: true,
  underlay: false,
  vrf: 42,
};
