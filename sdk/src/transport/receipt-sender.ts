/** An agent's way back: one signed receipt at a time. */

/** One way for receipts to leave. Throws where it did not work. */
export interface ReceiptSender {
  /** `http`, `unc`, `email`. */
  readonly name: string;
  /** Hands one receipt envelope over. @throws UNAVAILABLE */
  send(bytes: Uint8Array, options: { readonly signal: AbortSignal }): Promise<void>;
}
