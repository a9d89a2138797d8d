import { collection, type KubernetesObject } from '../kubernetes/object.ts';

export const group = 'greeting-solution.example.com';
export const version = 'v1alpha1';
export const kind = 'Greeting';

export const greetings = (namespace: string) => collection(group, version, namespace, 'greetings');

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/condition */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number;
}

export interface GreetingStatus {
  readonly observedGeneration?: number;
  readonly image?: string;
  readonly readyReplicas?: number;
  readonly conditions?: readonly Condition[];
}

/** As the CRD has it (greeting-solution/operator/deploy/crds/greeting_crd.yaml): the API server has checked it, and put the defaults in. */
export interface Greeting extends KubernetesObject {
  readonly spec: {
    readonly text: string;
    readonly replicas: number;
    /** Of the Solution. */
    readonly version?: string;
  };
  readonly status?: GreetingStatus;
}
