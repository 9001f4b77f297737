/** What the form is told, and what it asks for. */

/** One question of the form: a member of the manifest. */
export interface Field {
  /** JSON pointer. */
  readonly pointer: string;
  readonly label: string;
  /** What it is for. */
  readonly hint: string;
  /** Empty where it is not written. */
  readonly value: string;
  /** The only values that are allowed. */
  readonly choices?: readonly string[];
  /** What is wrong with it. */
  readonly faults: readonly string[];
  readonly isRequired: boolean;
}

/** Members that belong together. */
export interface Group {
  readonly heading: string;
  readonly fields: readonly Field[];
  /** Pointer of the element that the group is, where it can be taken out. */
  readonly removable?: string;
}

/** From the extension. */
export type ToForm =
  | {
      readonly kind: "show";
      readonly title: string;
      readonly groups: readonly Group[];
      readonly words: FormWords;
    }
  | { readonly kind: "unreadable"; readonly message: string; readonly words: FormWords };

/** What stands on buttons, in the person's language. */
export interface FormWords {
  readonly addFiles: string;
  readonly openText: string;
  readonly remove: string;
  readonly rest: string;
}

/** From the page. */
export type FromForm =
  | { readonly kind: "ready" | "addFiles" | "openText" }
  | { readonly kind: "write"; readonly pointer: string; readonly value: string }
  | { readonly kind: "remove"; readonly pointer: string };
