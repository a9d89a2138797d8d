import { access } from 'node:fs/promises';
import { ProjectError } from '@ingot/workspace';
import type { Architecture } from '../../description/description.ts';

/** Files of a UEFI firmware for qemu: its code, and an empty store for its variables. */
export interface Firmware {
  readonly code: string;
  readonly variables: string;
}

interface Packed {
  /** Of Debian. */
  readonly package: string;
  /** Where Debian, Fedora and others have them; the first pair that is there is taken. */
  readonly files: readonly (readonly [code: string, variables: string])[];
}

const packed: Readonly<Record<Architecture, Packed>> = {
  amd64: {
    package: 'ovmf',
    files: [
      ['/usr/share/OVMF/OVMF_CODE_4M.fd', '/usr/share/OVMF/OVMF_VARS_4M.fd'],
      ['/usr/share/edk2/ovmf/OVMF_CODE.fd', '/usr/share/edk2/ovmf/OVMF_VARS.fd'],
      ['/usr/share/edk2/x64/OVMF_CODE.4m.fd', '/usr/share/edk2/x64/OVMF_VARS.4m.fd'],
      ['/usr/share/OVMF/OVMF_CODE.fd', '/usr/share/OVMF/OVMF_VARS.fd'],
    ],
  },
  arm64: {
    package: 'qemu-efi-aarch64',
    files: [
      ['/usr/share/AAVMF/AAVMF_CODE.fd', '/usr/share/AAVMF/AAVMF_VARS.fd'],
      ['/usr/share/edk2/aarch64/QEMU_EFI-pflash.raw', '/usr/share/edk2/aarch64/vars-template-pflash.raw'],
    ],
  },
};

/** The UEFI firmware for machines of an architecture. Throws ProjectError INGOT_TOOL_MISSING. */
export async function findFirmware(architecture: Architecture, tables = packed): Promise<Firmware> {
  const { package: name, files } = tables[architecture];
  for (const [code, variables] of files) {
    if ((await isThere(code)) && (await isThere(variables))) return { code, variables };
  }
  throw new ProjectError('INGOT_TOOL_MISSING', `not installed: a UEFI firmware for ${architecture} machines of qemu`, {
    help: `Debian: apt-get install ${name}`,
  });
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
