import '@bpmn-io/form-js-viewer/dist/assets/form-js.css';
import './form-view.css';
import { Form } from '@bpmn-io/form-js-viewer';
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { ErrorNote } from '../ui/page-state.js';
import type { FormSchema } from './form-variables.js';

export interface FormHandle {
  /** Validates. The data of all enabled fields, or null when a field is wrong; the form then shows where. */
  submit(): Record<string, unknown> | null;
}

interface FormViewProps {
  schema: FormSchema;
  data: Record<string, unknown>;
  isReadOnly?: boolean;
  handle?: Ref<FormHandle>;
  /** A submit button of the form itself was pressed. */
  onSubmit?(): void;
}

/** A form-js form. Filling in is lost when `schema` or `data` change identity: keep them while somebody is typing. */
export function FormView({ schema, data, isReadOnly = false, handle, onSubmit }: FormViewProps) {
  const container = useRef<HTMLDivElement>(null);
  const form = useRef<Form | null>(null);
  const submitted = useRef(onSubmit);
  submitted.current = onSubmit;
  const [error, setError] = useState<unknown>(null);

  useEffect(() => {
    if (container.current === null) return;
    const instance = new Form({ container: container.current });
    form.current = instance;
    instance.importSchema(schema as never, data).then(
      () => {
        if (isReadOnly) instance.setProperty('readOnly', true);
      },
      (reason: unknown) => setError(reason),
    );
    // The page submits through the handle; a button inside the form should do the same and not a second thing.
    const root = container.current;
    const onButton = (event: Event) => {
      event.preventDefault();
      event.stopPropagation();
      submitted.current?.();
    };
    root.addEventListener('submit', onButton, true);
    return () => {
      root.removeEventListener('submit', onButton, true);
      form.current = null;
      instance.destroy();
    };
  }, [schema, data, isReadOnly]);

  useImperativeHandle(handle, () => ({
    submit() {
      const result = form.current?.submit();
      if (result === undefined || Object.keys(result.errors).length > 0) return null;
      return result.data as Record<string, unknown>;
    },
  }));

  return (
    <div className="form-view">
      {error !== null && <ErrorNote error={error} />}
      <div ref={container} data-testid="form" />
    </div>
  );
}
