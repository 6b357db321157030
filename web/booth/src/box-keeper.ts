/** Talking to the keeper of the box (crates/booth). Addresses are relative to the election's page. */

import { bytesOf, hash, hex } from "./digest.js";

/** What became of a ballot that was sent. */
export type Delivery =
  | { readonly outcome: "received"; readonly wasThere: boolean; readonly replaces: boolean }
  | { readonly outcome: "refused"; readonly refusal: string; readonly message: string }
  /** No answer came: it may have been received or not. */
  | { readonly outcome: "unknown" };

/** How full the box is. */
export interface Status {
  readonly open: boolean;
  readonly ballots: number;
  readonly counted: number;
  readonly credentials: number;
  readonly weighted: boolean;
  readonly head: string;
  readonly result: readonly (readonly (number | string | readonly number[])[])[] | null;
}

/** A ballot of the board. */
export interface BoardEntry {
  readonly tracking_number: string;
  readonly weight: number;
  readonly counts: boolean;
}

export type Board = Omit<Status, "ballots"> & { readonly ballots: readonly BoardEntry[] };

const TIMEOUT_MS = 30_000;

/** No cookie goes with a request: where other pages are served at the same address, nothing says who is signed in there. */
const CREDENTIALS = "omit";

/** Gets a file of the election; throws where it does not come. */
async function get(name: string): Promise<Response> {
  const response = await fetch(name, { cache: "no-store", credentials: CREDENTIALS, signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) {
    throw new Error(`${name}: ${response.status}`);
  }
  return response;
}

/** The election as published, byte for byte. */
export async function getElection(): Promise<Uint8Array> {
  return new Uint8Array(await (await get("election.json")).arrayBuffer());
}

export async function getStatus(): Promise<Status> {
  return (await (await get("status.json")).json()) as Status;
}

export async function getBoard(): Promise<Board> {
  return (await (await get("ballots.json")).json()) as Board;
}

/** The elections that are held here. */
export async function getElections(): Promise<{ uuid: string; name: string }[]> {
  return (await (await get("elections.json")).json()) as { uuid: string; name: string }[];
}

/** Sends a ballot. The box keeps it once, however often it is sent. */
export async function send(ballot: string): Promise<Delivery> {
  try {
    const response = await fetch("ballots", {
      method: "POST",
      body: ballot,
      credentials: CREDENTIALS,
      headers: { "content-type": "application/json" },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (response.ok && typeof answer["tracking_number"] === "string") {
      return { outcome: "received", wasThere: answer["was_there"] === true, replaces: answer["replaces"] === true };
    }
    if (typeof answer["refusal"] === "string") {
      return { outcome: "refused", refusal: answer["refusal"], message: String(answer["message"]) };
    }
    return { outcome: "unknown" };
  } catch {
    // No connection, no answer in time, or an answer of somebody in between.
    return { outcome: "unknown" };
  }
}

/** Whether a ballot is in the box; none where no answer came. */
export async function isInBox(ballot: string): Promise<boolean | undefined> {
  try {
    const address = `ballots/${hex(hash(bytesOf(ballot)))}`;
    const response = await fetch(address, { cache: "no-store", credentials: CREDENTIALS, signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.ok ? true : response.status === 404 ? false : undefined;
  } catch {
    return undefined;
  }
}
