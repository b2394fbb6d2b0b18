import { extname } from 'node:path';
import { StreamableFile } from '@nestjs/common';
import { fromRequest } from './parameters.js';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.bpmn': 'application/xml',
  '.cmmn': 'application/xml',
  '.dmn': 'application/xml',
  '.xml': 'application/xml',
  '.json': 'application/json',
  '.txt': 'text/plain',
  '.gif': 'image/gif',
  '.jpeg': 'image/jpeg',
  '.jpe': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
};

function mediaTypeOf(filename: string): string {
  return MEDIA_TYPES[extname(filename).toLowerCase()] ?? 'application/octet-stream';
}

/** A file to be saved under its name. */
export function asFile(filename: string, bytes: Uint8Array, type = mediaTypeOf(filename)): StreamableFile {
  const plain = filename.replaceAll(/[^\x20-\x7e]|["\\]/g, '_');
  const disposition = `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(filename)}`;
  return new StreamableFile(bytes, { type, disposition, length: bytes.length });
}

export type SetStatus = (status: number) => void;

/** A handler's parameter for answers whose status isn't always the same. */
export function AnswerStatus(): ParameterDecorator {
  return fromRequest(
    (_, reply): SetStatus =>
      (status) =>
        void reply.status(status),
  );
}
