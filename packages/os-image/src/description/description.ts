import type { DockerfileDescription, FilesDescription } from '@ingot/oci';
import type { Path, Place } from '@ingot/workspace';
import type { Format } from './formats.ts';

/** As Debian, Go and OCI call them. */
export type Architecture = 'amd64' | 'arm64';

/** A value that is not in the file: an environment variable's name, or a file as it was written. */
export type SecretReference = { readonly env: string } | { readonly file: string };

export interface MmdebstrapDescription {
  readonly kind: 'mmdebstrap';
  readonly suite: string;
  /** minbase, essential, apt, required, important, standard, custom, … */
  readonly variant: string;
  readonly packages: readonly string[];
  /** One-line entries of sources.list; empty: Debian's own of the suite. */
  readonly sources: readonly string[];
  /** Relative to the project's folder. */
  readonly keyrings: readonly string[];
  readonly credentials: readonly {
    /** host[:port][/path], as apt_auth.conf(5) has it behind `machine`. */
    readonly machine: string;
    readonly login: SecretReference;
    readonly password: SecretReference;
    readonly place: Place;
  }[];
  /** Shell commands as mmdebstrap(1) takes them, `$1` being the root. */
  readonly hooks: Readonly<Record<'setup' | 'extract' | 'essential' | 'customize', readonly string[]>>;
  readonly mode: 'auto' | 'unshare' | 'root';
}

export interface RootfsDescription {
  readonly kind: 'rootfs';
  /** A path of the project (a tar or a folder), or a source: `project:base`, `docker://debian:12-slim`. */
  readonly from: string;
  /** The target that makes it, and whose. */
  readonly target: string | undefined;
  readonly project: string | undefined;
}

export interface CommandDescription {
  readonly kind: 'command';
  /** Program and arguments; run in the project's folder, without a shell. */
  readonly run: readonly string[];
  /** Where it leaves a tar or a folder, relative to the project's folder; `{arch}` stands for the architecture. */
  readonly rootfs: string;
  /** Undefined: they are looked for in the root file system. */
  readonly kernel: string | undefined;
  readonly initrd: string | undefined;
  /** Files that the command reads: the inputs of its task. */
  readonly inputs: readonly string[];
}

export type Builder =
  | MmdebstrapDescription
  | RootfsDescription
  | CommandDescription
  | { readonly kind: 'dockerfile'; readonly dockerfile: DockerfileDescription };

/** Where the tree of metal-stack lies: `stable`, the release's version, `pull_requests/<number>-<branch>`. */
export type ImagesFolder =
  | { readonly kind: 'stable' }
  | { readonly kind: 'release'; readonly version: string }
  | { readonly kind: 'pull-request'; readonly number: number; readonly branch: string };

export interface DiskDescription {
  /** Of the whole disk, in bytes; undefined: what the content needs. */
  readonly size: number | undefined;
  /** Free room in the root partition where its size is fitted, in bytes. */
  readonly free: number;
  /** Of the EFI system partition, in bytes. */
  readonly espSize: number;
  readonly bootloader: 'systemd-boot' | 'grub';
  /** What is made: one or more. */
  readonly outputs: readonly ('raw' | 'qcow2' | 'qcow2-compressed')[];
}

/** A way to push one format. */
export interface PushDescription {
  readonly format: Format;
  /** Of the repository. */
  readonly place: Place;
  readonly repository: string;
  readonly tags: readonly string[];
  /** Attach os-release, manifest and log to what is pushed. */
  readonly attach: boolean;
  /** Push the image that shows them to docker and podman as well, under `<tag>-info`. */
  readonly information: boolean;
}

export type PublishDescription =
  | { readonly kind: 'folder'; readonly folder: string }
  /** Run for each file; `{file}` is its path here, `{path}` the one below the images' root. */
  | { readonly kind: 'command'; readonly run: readonly string[] };

/** Something that must hold inside a machine that has booted. */
export interface BootCheck {
  readonly place: Place;
  /** A line of sh, run as root in the machine. */
  readonly run: string;
  readonly exit: number;
  /** What the output must contain. */
  readonly text: string | undefined;
}

export interface BootDescription {
  /** In seconds; for one machine. */
  readonly timeLimit: number;
  /** In MiB. */
  readonly memory: number;
  readonly cpus: number;
  /** The ways to boot; undefined: of every format that has one. */
  readonly formats: readonly ('metal-stack' | 'onmetal' | 'ironcore' | 'disk')[] | undefined;
  readonly checks: readonly BootCheck[];
  /** install.yaml keys of metal-stack that differ from the defaults. JSON. */
  readonly installYaml: Readonly<Record<string, unknown>>;
}

/** An os-image.yaml, checked, with its defaults filled in. */
export interface OsImageDescription {
  /** Absolute. */
  readonly file: string;
  /** The project's folder. Absolute. */
  readonly folder: string;
  /** Where a key was written, for errors. */
  readonly place: (path: Path) => Place;
  readonly name: string;
  /** As written: `12.0.{date}`; `versionOf` fills it in. */
  readonly versionPattern: string;
  readonly architectures: readonly Architecture[];
  readonly commandLine: string;
  readonly builder: Builder;
  /** Which of several is meant: an absolute path in the root file system, or a glob of one. */
  readonly kernel: string | undefined;
  readonly initrd: string | undefined;
  /** Added to the root file system over what the builder made. */
  readonly files: readonly FilesDescription[];
  readonly formats: readonly Format[];
  readonly metalStack: { readonly os: string; readonly imagesFolder: ImagesFolder; readonly level: number };
  readonly ironcore: { readonly variant: 'metal' | 'virtualization' };
  readonly gardenlinux: {
    /** The first part of the files' names; default: the name. */
    readonly prefix: string;
    /** Also make `.raw`, the disk. */
    readonly raw: boolean;
  };
  readonly disk: DiskDescription;
  readonly ironic: {
    readonly outputs: readonly ('raw' | 'qcow2')[];
    readonly kernelAndRamdisk: boolean;
    /** The name of the secret, never the secret. */
    readonly imagePullSecret: string | undefined;
  };
  readonly push: readonly PushDescription[];
  readonly publish: PublishDescription | undefined;
  readonly boot: BootDescription;
}
