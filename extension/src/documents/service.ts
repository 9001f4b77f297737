/**
 * The JSON language service, one a kind, each with one bundled schema and no way out.
 *
 * A document's own `$schema` is a hint for other editors: whatever it names, the answer is the schema of the
 * document's kind, so nothing is ever fetched and nothing a workspace says changes what is valid.
 */
import {
  getLanguageService,
  TextDocument,
  type LanguageService,
} from "vscode-json-languageservice";
import type { Translate } from "./finding.ts";
import { editorSchema } from "./schemas.ts";

/** The service of a kind, made when it is first asked for. */
export type JsonServices = (schema: string) => LanguageService;

/** Makes the services. @param translate says schemas' words in the person's language. */
export function createJsonServices(translate: Translate): JsonServices {
  const services = new Map<string, LanguageService>();
  return (schema) => {
    let service = services.get(schema);
    if (service === undefined) services.set(schema, (service = createService(schema, translate)));
    return service;
  };
}

function createService(schema: string, translate: Translate): LanguageService {
  const content = editorSchema(schema, translate);
  const service = getLanguageService({
    schemaRequestService: async () => JSON.stringify(content),
    clientCapabilities: {
      textDocument: {
        completion: { completionItem: { documentationFormat: ["markdown"] } },
        hover: { contentFormat: ["markdown"] },
      },
    },
  });
  service.configure({
    validate: true,
    allowComments: false,
    schemas: [
      { uri: `outrider://schemas/${schema}`, fileMatch: ["*"], schema: structuredClone(content) },
    ],
  });
  return service;
}

/** A document as the service takes it. */
export function createDocument(url: string, version: number, text: string): TextDocument {
  return TextDocument.create(url, "json", version, text);
}
