/** Elections (specification, "Elections"): the parameters that every voter gets. */

import { fingerprint } from "./digest.js";
import { parseQuestion, type Question } from "./question.js";

const PROTOCOL_VERSION = 1;

/** An election as published, before its public key is read in its group. */
export interface Election {
  readonly uuid: string;
  readonly name: string;
  readonly description: string;
  readonly group: string;
  /** The spelling of y. */
  readonly publicKey: string;
  readonly questions: readonly Question[];
  readonly administrator?: string | undefined;
  readonly credentialAuthority?: string | undefined;
  /** φ: the Base64 of the hash of the published text. */
  readonly fingerprint: string;
}

function text(value: unknown, field: string): string {
  if (typeof value !== "string") {
    throw new Error(`the election's ${field} is missing`);
  }
  return value;
}

function optional(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Reads the published text, of which every byte counts; throws where it is no election that this booth knows. */
export function parseElection(published: Uint8Array): Election {
  const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(published));
  if (typeof value !== "object" || value === null) {
    throw new Error("the election is not an object");
  }
  const fields = value as Record<string, unknown>;
  if (fields["version"] !== PROTOCOL_VERSION) {
    throw new Error(`the election is of version ${String(fields["version"])} instead of ${PROTOCOL_VERSION}`);
  }
  const questions = fields["questions"];
  if (!Array.isArray(questions) || questions.length === 0) {
    throw new Error("the election asks nothing");
  }
  const uuid = text(fields["uuid"], "identifier");
  if (!/^[1-9A-HJ-NP-Za-km-z]{14,}$/.test(uuid)) {
    throw new Error("the election's identifier is not at least 14 Base58 characters");
  }
  return {
    uuid,
    name: text(fields["name"], "name"),
    description: text(fields["description"], "description"),
    group: text(fields["group"], "group"),
    publicKey: text(fields["public_key"], "public key"),
    questions: questions.map(parseQuestion),
    administrator: optional(fields["administrator"]),
    credentialAuthority: optional(fields["credential_authority"]),
    fingerprint: fingerprint(published),
  };
}
