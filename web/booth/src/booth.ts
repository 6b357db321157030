/**
 * The booth: choose, encrypt, open or cast, receipt.
 *
 *     choosing ──► encrypted ──► sending ──► received
 *        ▲          │    ▲           │  ▲        │
 *        │          ▼    │           ▼  │        ▼
 *        └──────── opened         unknown    choosing (again)
 *
 * A ballot exists only from `sending` on; from then on it is kept, so that a reload, a lost connection or a second tap
 * sends the same ballot again, which the box keeps once.
 */

import { BallotPaper, mendList } from "./ballot-paper.js";
import { getElection, getStatus, send } from "./box-keeper.js";
import { credentialStyle, tidyCredential } from "./credential.js";
import { keep, kept, type Kept } from "./delivery.js";
import { button, command, element, figure, paragraph } from "./dom.js";
import { parseElection, type Election } from "./election.js";
import { Encryption, EncryptionFault } from "./encryption.js";
import type { Messages } from "./messages.js";
import type { Page, View } from "./page.js";
import { faultOf } from "./question.js";

/** Waiting times before a ballot is sent again by itself. */
const RETRY_SECONDS = [3, 5, 10, 20, 30, 60];
const EXAMPLE_CODE = "3bNkT-8HzQ4v-Xy7Wd-pM2sRf";

type Pending = Extract<Kept, { stage: "pending" }>;

interface Fault {
  readonly text: (messages: Messages) => string;
  /** The id of what must be mended. */
  readonly place: string;
}

export class Booth {
  private paper: BallotPaper;
  private code = "";
  private readonly encryption: Encryption;
  private checkNumber = "";
  private step: "choosing" | "encrypting" | "encrypted" | "opened" | "sending" | "done" = "choosing";
  private retry: { timer: number; attempt: number } | undefined;

  private constructor(
    private readonly page: Page,
    script: string,
    private readonly published: Uint8Array,
    private readonly election: Election,
  ) {
    this.paper = new BallotPaper(election.questions);
    this.encryption = new Encryption(script);
    addEventListener("beforeunload", (event) => {
      if (this.isAtRisk) {
        event.preventDefault();
      }
    });
    addEventListener("popstate", () => this.goBack());
    addEventListener("online", () => this.retryNow());
  }

  /** Loads the election and shows the booth, or where a ballot of this tab stands. */
  static async begin(page: Page, script: string): Promise<void> {
    page.show((messages) => ({ heading: messages.loading, content: [] }));
    let published: Uint8Array;
    let isOpen: boolean;
    try {
      [published, { open: isOpen }] = await Promise.all([getElection(), getStatus()]);
    } catch {
      const again = (): void => void Booth.begin(page, script);
      page.show((messages) => ({ heading: messages.notLoaded, content: [button(messages.tryAgain, "primary", again)] }));
      return;
    }
    let election: Election;
    try {
      election = parseElection(published);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      page.show((messages) => ({ heading: messages.notSupported(detail), content: [] }));
      return;
    }
    new Booth(page, script, published, election).resume(isOpen);
  }

  private get isAtRisk(): boolean {
    return this.step === "encrypted" || (this.step === "choosing" && this.paper.isMarked);
  }

  private resume(isOpen: boolean): void {
    this.code = codeOfAddress();
    const before = kept(this.election.uuid);
    if (before?.stage === "pending") {
      this.deliver(before);
    } else if (before?.stage === "received") {
      this.showReceived(before, false);
    } else if (isOpen) {
      this.showChoosing();
    } else {
      this.showClosed();
    }
  }

  private view(heading: string, content: View["content"], aside?: Node): View {
    return { heading, over: this.election.name, content, aside };
  }

  // Choosing

  private showChoosing(faults: readonly Fault[] = []): void {
    this.step = "choosing";
    this.page.show((messages) => this.choosing(messages, faults));
    document.querySelector<HTMLElement>(".mend")?.focus();
  }

  private choosing(messages: Messages, faults: readonly Fault[]): View {
    const { name, description, administrator } = this.election;
    const codeIsWrong = faults.some(({ place }) => place === "code");
    const input: HTMLInputElement = element("input", {
      id: "code",
      type: "text",
      value: this.code,
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      "aria-describedby": "code-hint",
      "aria-invalid": codeIsWrong ? "true" : undefined,
      input: () => (this.code = input.value),
    });
    const form = element(
      "form",
      {
        novalidate: true,
        submit: (event) => {
          event.preventDefault();
          void this.encrypt();
        },
      },
      ...this.paper.fieldsets(messages, () => undefined),
      element(
        "section",
        { class: "code" },
        element("h2", {}, element("label", { for: "code" }, messages.codeTitle)),
        element("p", { class: "hint", id: "code-hint" }, `${messages.codeHint} `, element("code", {}, EXAMPLE_CODE)),
        input,
        paragraph(messages.codeWhy, "hint"),
      ),
      element("button", { type: "submit", class: "primary" }, messages.encrypt),
      element("p", { class: "hint", id: "progress", role: "status" }, messages.notSentYet),
    );
    const mend = faults.map(({ text, place }) => ({ text: text(messages), place }));
    return {
      heading: name,
      content: [
        description !== "" && paragraph(description, "lead"),
        administrator !== undefined && paragraph(messages.heldBy(administrator), "hint"),
        mend.length > 0 && mendList(messages, mend),
        form,
      ],
      aside: aside(messages),
    };
  }

  /** What keeps the ballot paper from being encrypted. */
  private faults(): Fault[] {
    const faults: Fault[] = [];
    this.election.questions.forEach((question, index) => {
      const fault = faultOf(question, this.paper.votes[index] ?? []);
      const number = index + 1;
      const place = `question-${number}`;
      if (fault?.name === "sum" && question.kind === "choice") {
        const { min, max } = question;
        faults.push({ place, text: (messages) => messages.faultSum(number, fault.sum, min, max) });
      } else if (fault !== undefined) {
        faults.push({ place, text: (messages) => messages.faultBlank(number) });
      }
    });
    this.code = tidyCredential(this.code);
    if (this.code === "") {
      faults.push({ place: "code", text: (messages) => messages.faultCodeMissing });
    } else if (credentialStyle(this.code) === undefined) {
      faults.push({ place: "code", text: (messages) => messages.faultCode });
    }
    return faults;
  }

  private async encrypt(): Promise<void> {
    if (this.step !== "choosing" && this.step !== "opened") {
      return;
    }
    const faults = this.faults();
    if (faults.length > 0) {
      this.showChoosing(faults);
      return;
    }
    this.step = "encrypting";
    const all = this.election.questions.length;
    const progress = (done: number): void => {
      const line = document.getElementById("progress");
      line?.replaceChildren(this.page.messages.encrypting(done, all));
    };
    document.querySelectorAll<HTMLButtonElement>("button.primary").forEach((one) => (one.disabled = true));
    progress(0);
    try {
      this.checkNumber = await this.encryption.encrypt(this.published, this.code, this.paper.votes, progress);
    } catch (error) {
      this.showChoosing([{ place: "code", text: (messages) => encryptionFault(messages, error) }]);
      return;
    }
    this.showEncrypted();
  }

  // Encrypted: cast or open

  private showEncrypted(): void {
    this.step = "encrypted";
    if ((history.state as { step?: string } | null)?.step !== "encrypted") {
      history.pushState({ step: "encrypted" }, "");
    }
    this.page.show((messages) =>
      this.view(
        messages.encryptedTitle,
        [
          paragraph(messages.encryptedText, "lead"),
          element(
            "div",
            { class: "actions" },
            button(messages.cast, "primary", () => void this.cast()),
            button(messages.openInstead, "secondary", () => void this.open()),
          ),
          element("h2", {}, messages.youChose),
          this.paper.summary(messages),
          button(messages.change, "plain", () => history.back()),
          figure(messages.checkNumber, this.checkNumber, "small"),
          paragraph(messages.checkNumberHint, "hint"),
        ],
        aside(messages),
      ),
    );
  }

  private goBack(): void {
    if (this.step === "encrypted" || this.step === "opened") {
      this.showChoosing();
    }
  }

  private async open(): Promise<void> {
    if (this.step !== "encrypted") {
      return;
    }
    this.step = "opened";
    let file: string;
    try {
      file = await this.encryption.open();
    } catch (error) {
      this.showChoosing([{ place: "code", text: (messages) => encryptionFault(messages, error) }]);
      return;
    }
    const name = `opened-vote-${this.checkNumber.replace(/[^0-9A-Za-z]/g, "").slice(0, 8)}.json`;
    const address = URL.createObjectURL(new Blob([file], { type: "application/json" }));
    const number = this.checkNumber;
    this.page.show((messages) =>
      this.view(
        messages.openedTitle,
        [
          paragraph(messages.openedText, "lead"),
          figure(messages.checkNumber, number, "large"),
          element("h2", {}, messages.youChose),
          this.paper.summary(messages),
          element(
            "div",
            { class: "actions" },
            element("a", { class: "button primary", href: address, download: name }, messages.openedSave),
            button(messages.encryptAnew, "secondary", () => void this.encrypt()),
          ),
          element("p", { class: "hint", id: "progress", role: "status" }),
          element("h2", {}, messages.openedHow),
          element(
            "ol",
            {},
            element(
              "li",
              {},
              messages.openedStep1,
              " ",
              element("a", { href: "archive.bel" }, messages.box),
              ", ",
              element("a", { href: address, download: name }, name),
            ),
            element(
              "li",
              {},
              messages.openedStep2,
              command(`mandate ballot check-opened ${this.election.uuid}.bel ${name}`),
            ),
          ),
          paragraph(messages.openedStep3, "hint"),
          paragraph(messages.openedPrivate, "hint"),
        ],
        aside(messages),
      ),
    );
  }

  // Sending

  private async cast(): Promise<void> {
    if (this.step !== "encrypted") {
      return;
    }
    this.step = "sending";
    let signed: { ballot: string; trackingNumber: string };
    try {
      signed = await this.encryption.sign();
    } catch (error) {
      this.showChoosing([{ place: "code", text: (messages) => encryptionFault(messages, error) }]);
      return;
    }
    const pending: Pending = { stage: "pending", ...signed, checkNumber: this.checkNumber };
    // Kept before it is sent: whatever happens from here on, this ballot is the one that is sent again.
    keep(this.election.uuid, pending);
    this.deliver(pending);
  }

  private deliver(pending: Pending, attempt = 0): void {
    this.step = "sending";
    this.clearRetry();
    if (attempt === 0) {
      this.page.show((messages) =>
        this.view(messages.sendingTitle, [
          element("p", { class: "lead", role: "status" }, messages.sendingText),
          figure(messages.trackingNumber, pending.trackingNumber, "large"),
        ]),
      );
    }
    void send(pending.ballot).then((delivery) => {
      switch (delivery.outcome) {
        case "received":
          this.receive(pending, delivery.replaces, delivery.wasThere);
          break;
        case "refused":
          this.showRefused(pending, delivery.refusal, delivery.message);
          break;
        case "unknown":
          this.showUnknown(pending, attempt);
          break;
      }
    });
  }

  private showUnknown(pending: Pending, attempt: number): void {
    const seconds = RETRY_SECONDS[Math.min(attempt, RETRY_SECONDS.length - 1)] ?? 60;
    const timer = window.setTimeout(() => this.deliver(pending, attempt + 1), seconds * 1_000);
    this.retry = { timer, attempt };
    const view = (messages: Messages): View =>
      this.view(messages.unknownTitle, [
        paragraph(messages.unknownText, "lead"),
        button(messages.sendAgain, "primary", () => this.retryNow()),
        element("p", { class: "hint", role: "status" }, messages.unknownAgain(seconds)),
        figure(messages.trackingNumber, pending.trackingNumber, "large"),
      ]);
    // Attention moves there once, not at every try.
    this.page.show(view, attempt > 0);
  }

  private retryNow(): void {
    const pending = kept(this.election.uuid);
    if (this.retry !== undefined && pending?.stage === "pending") {
      this.deliver(pending, this.retry.attempt + 1);
    }
  }

  private clearRetry(): void {
    clearTimeout(this.retry?.timer);
    this.retry = undefined;
  }

  private receive(pending: Pending, replaces: boolean, wasThere: boolean): void {
    const { trackingNumber, checkNumber } = pending;
    const received = { stage: "received", trackingNumber, checkNumber, replaces } as const;
    keep(this.election.uuid, received);
    this.paper = new BallotPaper(this.election.questions);
    this.code = "";
    this.showReceived(received, wasThere);
  }

  private showReceived(received: Extract<Kept, { stage: "received" }>, wasThere: boolean): void {
    this.step = "done";
    const { trackingNumber, checkNumber, replaces } = received;
    this.page.show((messages) =>
      this.view(messages.receivedTitle, [
        paragraph(messages.receivedText, "lead"),
        wasThere && paragraph(messages.receivedBefore),
        replaces && paragraph(messages.receivedReplaces),
        figure(messages.trackingNumber, trackingNumber, "large"),
        element(
          "div",
          { class: "actions" },
          element(
            "a",
            { class: "button primary", href: `box#${encodeURIComponent(trackingNumber)}` },
            messages.seeBox,
          ),
          button(messages.print, "secondary", () => print()),
        ),
        figure(messages.checkNumber, checkNumber, "small"),
        element("p", { class: "hint screen" }, messages.voteAgainHint),
        button(messages.voteAgain, "plain", () => this.startAgain()),
      ]),
    );
  }

  private startAgain(): void {
    keep(this.election.uuid, undefined);
    history.replaceState(null, "");
    this.showChoosing();
  }

  private showRefused(pending: Pending, refusal: string, message: string): void {
    if (refusal === "machine") {
      this.showUnknown(pending, this.retry?.attempt ?? 0);
      return;
    }
    keep(this.election.uuid, undefined);
    this.step = "done";
    const reason = (messages: Messages): string =>
      refusal === "closed"
        ? messages.refusedClosed
        : refusal === "credential-unknown"
          ? messages.refusedCredential
          : messages.refusedOther(message);
    this.page.show((messages) =>
      this.view(messages.refusedTitle, [
        paragraph(reason(messages), "lead"),
        refusal === "closed"
          ? element("a", { class: "button primary", href: "box" }, messages.seeBox)
          : button(messages.back, "primary", () => this.startAgain()),
      ]),
    );
  }

  private showClosed(): void {
    this.step = "done";
    this.page.show((messages) =>
      this.view(messages.closedTitle, [
        paragraph(messages.closedText, "lead"),
        element("a", { class: "button primary", href: "box" }, messages.box),
      ]),
    );
  }
}

function encryptionFault(messages: Messages, error: unknown): string {
  const fault = error instanceof EncryptionFault ? error.fault : undefined;
  switch (fault?.name) {
    case "credential":
      return messages.faultCode;
    case "public-key":
    case "group":
      return messages.faultKey;
    case "not-loaded":
      return messages.faultNotLoaded;
    case "other":
      return messages.faultOther(fault.detail);
    default:
      return messages.faultOther(String(error));
  }
}

/** The voting code of a link (`#code=…`). It is taken out of the address at once: it is a secret. */
function codeOfAddress(): string {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (code === null) {
    return "";
  }
  history.replaceState(null, "", location.pathname);
  return tidyCredential(code);
}

function aside(messages: Messages): HTMLElement {
  const lines = [messages.aside1, messages.aside2, messages.aside3, messages.aside4];
  return element(
    "aside",
    { "aria-labelledby": "aside-title" },
    element("h2", { id: "aside-title" }, messages.asideTitle),
    element("ol", {}, ...lines.map((line) => element("li", {}, line))),
    element("p", {}, element("a", { href: "box" }, messages.box)),
  );
}
