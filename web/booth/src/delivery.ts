/** The encrypted ballot that this browser tab is sending or has sent, kept over reloads. It holds no vote. */

/** What is kept: a ballot that may not have arrived, or the receipt of one that has. */
export type Kept =
  | { readonly stage: "pending"; readonly ballot: string; readonly trackingNumber: string; readonly checkNumber: string }
  | { readonly stage: "received"; readonly trackingNumber: string; readonly checkNumber: string; readonly replaces: boolean };

function key(uuid: string): string {
  return `mandate-ballot:${uuid}`;
}

/** What is kept of an election; none where there is nothing. */
export function kept(uuid: string): Kept | undefined {
  try {
    const text = sessionStorage.getItem(key(uuid));
    return text === null ? undefined : (JSON.parse(text) as Kept);
  } catch {
    // A browser that stores nothing, or what is stored is not ours.
    return undefined;
  }
}

/** Keeps something in place of what was kept. */
export function keep(uuid: string, value: Kept | undefined): void {
  try {
    if (value === undefined) {
      sessionStorage.removeItem(key(uuid));
    } else {
      sessionStorage.setItem(key(uuid), JSON.stringify(value));
    }
  } catch {
    // A browser that stores nothing: the ballot lives as long as the page.
  }
}
