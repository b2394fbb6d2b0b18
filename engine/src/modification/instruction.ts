import type { Variables } from '../runtime/typed-value.js';

/** One thing to do to the tokens of an instance. */
export type ModificationInstruction = StartInstruction | CancelInstruction;

export type StartInstruction = (
  | { readonly type: 'startBefore'; readonly activityId: string }
  /** Takes the activity's only outgoing flow. */
  | { readonly type: 'startAfter'; readonly activityId: string }
  | { readonly type: 'startTransition'; readonly transitionId: string }
) & {
  /** The activity instance that the token begins in, where several could be meant. */
  readonly ancestorActivityInstanceId?: string;
  /** Set where they are visible from there, else in the process instance. */
  readonly variables?: Variables;
  /** Of the innermost scope that has to be begun, else of the activity instance itself. */
  readonly localVariables?: Variables;
};

export type CancelInstruction =
  /** An activity instance or a transition instance. */
  | { readonly type: 'cancelInstance'; readonly instanceId: string }
  /** All instances of an activity. */
  | { readonly type: 'cancelActivity'; readonly activityId: string };
