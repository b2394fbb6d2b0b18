import type { ReactNode } from 'react';

interface DialogButtonsProps {
  /** What the button says that changes nothing. */
  stay?: string;
  onStay(): void;
  /** What the other one says. */
  children: ReactNode;
  onGo(): void;
  isDisabled?: boolean;
  /** It takes something away. */
  isDangerous?: boolean;
  testId?: string;
}

/** The two ways out of a dialog: leave everything as it is, or do it. */
export function DialogButtons({
  stay = 'Cancel',
  onStay,
  children,
  onGo,
  isDisabled = false,
  isDangerous = false,
  testId,
}: DialogButtonsProps) {
  return (
    <>
      <button type="button" className="button" onClick={onStay}>
        {stay}
      </button>
      <button
        type="button"
        className={isDangerous ? 'button button--danger' : 'button button--primary'}
        data-testid={testId}
        disabled={isDisabled}
        onClick={onGo}
      >
        {children}
      </button>
    </>
  );
}
