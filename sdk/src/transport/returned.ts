/**
 * What a carrier says later of a message that it had taken: it bounced, it is late, it arrived (RFC 3464). Nobody signs
 * such a report: it counts only for a message and a recipient that the server itself wrote to, and installs nothing.
 */

/** A report on one message. */
export interface ReturnedMail {
  /** The reference that the message carried (`Delivery.reference`); only who saw the message knows it. */
  readonly reference: string;
  readonly recipients: readonly ReturnedRecipient[];
}

/** What became of one recipient. */
export interface ReturnedRecipient {
  /** As the carrier writes it; the first address, where it was changed on the way. */
  readonly address: string;
  /** relayed: to a carrier that reports no more; expanded: to the members of a list (RFC 3464 2.3.3). */
  readonly action: "failed" | "delayed" | "delivered" | "relayed" | "expanded";
  /** Such as `5.1.1` (RFC 3463). */
  readonly status: string;
  /** The carrier's words. */
  readonly detail: string;
}
