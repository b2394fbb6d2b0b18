import type { FastifyRequest } from 'fastify';
import { fromRequest } from './parameters.js';
import { RestError } from './rest-error.js';

interface UploadedFile {
  /** The name of the form's field. */
  readonly field: string;
  /** Empty when the client gave none. */
  readonly filename: string;
  readonly mimeType: string;
  readonly bytes: Buffer;
}

export interface MultipartForm {
  readonly fields: Readonly<Record<string, string>>;
  readonly files: readonly UploadedFile[];
}

/** A handler's parameter: the whole `multipart/form-data` body. @throws RestError (415) for any other body */
export function Multipart(): ParameterDecorator {
  return fromRequest(readForm);
}

async function readForm(request: FastifyRequest): Promise<MultipartForm> {
  if (!request.isMultipart()) {
    const given = request.headers['content-type'] ?? 'nothing';
    throw new RestError(415, 'NotSupportedException', `A multipart/form-data body is expected, not ${given}`);
  }
  const fields: Record<string, string> = {};
  const files: UploadedFile[] = [];
  for await (const part of request.parts()) {
    if (part.type === 'field') fields[part.fieldname] = String(part.value);
    else
      files.push({
        field: part.fieldname,
        filename: part.filename ?? '',
        mimeType: part.mimetype,
        bytes: await part.toBuffer(),
      });
  }
  return { fields, files };
}
