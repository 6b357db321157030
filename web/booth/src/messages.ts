/** The booth's words. Spanish has the type of English, so that a missing sentence does not compile. */

/** "3 answers", "1 answer". */
function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

const en = {
  language: "English",
  languages: "Language",
  loading: "Loading the election …",
  tryAgain: "Try again",
  notLoaded: "The election cannot be loaded. Check your connection and try again.",
  notSupported: (detail: string) => `This booth cannot hold this election: ${detail}.`,
  heldBy: (who: string) => `Held by ${who}.`,
  skip: "Skip to the content",

  electionsTitle: "Secret ballots",
  electionsIntro: "Choose the election in which you want to vote or look at the box.",
  vote: "Vote",
  box: "The box",

  closedTitle: "Voting is closed",
  closedText: "The box takes no more ballots. You can see every ballot and the result in the public box.",

  chooseRange: (min: number, max: number) =>
    min === max
      ? `Choose ${count(min, "answer", "answers")}.`
      : min === 0
        ? `Choose at most ${count(max, "answer", "answers")}, or none.`
        : `Choose between ${min} and ${max} answers.`,
  orBlank: "Or vote blank.",
  rankHint: "Give 1 to what you like best, then 2, 3 … Equal numbers are possible. What you leave out has no number.",
  chosen: (number: number) => `${number} chosen`,
  blank: "Blank vote",
  none: "None of them",
  noRank: "no number",
  rankLabel: (answer: string) => `Number for ${answer}`,
  question: (number: number, all: number) => `Question ${number} of ${all}`,

  codeTitle: "Your voting code",
  codeLabel: "Voting code",
  codeHint: "It is in your letter and looks like this:",
  codeWhy: "The code signs your ballot. It shows that you may vote, and is never sent.",
  encrypt: "Encrypt my vote",
  notSentYet: "Nothing is sent yet. Your choice stays on this device until it is encrypted.",
  encrypting: (done: number, all: number) => `Encrypting on this device: ${done} of ${all} done`,

  mend: "Please look at this again:",
  faultCode: "The voting code has a typing error. It has 22 characters (or 15 in older letters); 0, O, I and l do not occur.",
  faultCodeMissing: "The voting code is missing.",
  faultSum: (question: number, sum: number, min: number, max: number) =>
    `Question ${question}: ${sum} chosen; ${min === max ? `${min} needed` : `between ${min} and ${max} needed`}.`,
  faultBlank: (question: number) => `Question ${question}: a blank vote cannot choose answers as well.`,
  faultKey: "The election's public key is wrong. Do not vote, and tell whoever holds the election.",
  faultNotLoaded: "What encrypts could not be loaded. Check your connection and try again.",
  faultOther: (detail: string) => `Encrypting failed: ${detail}.`,

  encryptedTitle: "Encrypted, not sent yet",
  encryptedText:
    "Your vote is now encrypted on this device. Put it in the box, or first have the encryption opened to check it.",
  youChose: "You chose",
  nothing: "nothing",
  checkNumber: "Check number",
  checkNumberHint: "It binds this device to what it encrypted. You need it only if you check the encryption.",
  cast: "Put it in the box",
  openInstead: "Check the encryption first",
  change: "Change my vote",

  openedTitle: "Opened for checking",
  openedText:
    "This encryption was opened and will not be sent. The file holds everything by which anyone can see what was encrypted. It is not signed: nobody can cast it.",
  openedSave: "Save the file",
  openedHow: "How to check it",
  openedStep1: "Load the public box and the file onto any computer, best another one than this.",
  openedStep2: "Run this command. It must print the check number above and what you chose:",
  openedStep3:
    "Other programs can compute the same: the file holds the random number of every encrypted choice. belenios-tool checks the ballots in the box; it has no command to open one.",
  openedPrivate: "The file shows what you chose this time. Choose anything for a trial, then vote as you want.",
  encryptAnew: "Encrypt my vote anew",

  sendingTitle: "Sending",
  sendingText: "Your ballot is on its way. You can leave this page open; it is sent once and no more.",
  unknownTitle: "Not known yet whether it was received",
  unknownText:
    "The connection was lost before the answer came. Your ballot is kept here, encrypted. Sending it again does no harm: the box keeps it once.",
  unknownAgain: (seconds: number) => `The next try comes by itself in ${count(seconds, "second", "seconds")}.`,
  sendAgain: "Send it again now",

  receivedTitle: "Your ballot is in the box",
  receivedText: "It is stored there durably. With the tracking number you find it in the public box at any time.",
  receivedBefore: "It had been received the first time.",
  receivedReplaces: "It replaces your earlier ballot; only this one counts.",
  trackingNumber: "Tracking number",
  copy: "Copy",
  copied: "Copied",
  print: "Print",
  seeBox: "See it in the box",
  voteAgain: "Vote again",
  voteAgainHint: "Until the box is closed you can vote again. The last ballot counts.",

  refusedTitle: "The box did not take the ballot",
  refusedClosed: "Voting is closed. Your ballot was not counted.",
  refusedCredential: "This voting code is not on the list of this election. Check whether the letter belongs to it.",
  refusedMachine: "The box cannot store ballots at the moment. Your ballot is kept here, encrypted; try again.",
  refusedOther: (message: string) => `The box says: ${message}.`,
  back: "Back to my vote",

  asideTitle: "What happens to my vote",
  aside1: "This device encrypts it. The server cannot read it. Only those who hold the key, together, could; they decrypt the count and no single vote.",
  aside2: "Your voting code signs it, so that nobody without a code can change or add a ballot.",
  aside3: "You find your ballot in the public box by its tracking number.",
  aside4: "All ballots are added up, or shuffled, before anything is decrypted. Everybody can check the count.",
  leaveWarning: "Your vote has not been sent.",

  boxTitle: (name: string) => `The box: ${name}`,
  boxOpen: "Voting is open.",
  boxClosed: "Voting is closed.",
  boxCounts: (ballots: number, counted: number, credentials: number) =>
    `${count(ballots, "ballot", "ballots")} in the box, ${counted} of which ${counted === 1 ? "counts" : "count"}; ${count(credentials, "voting code was", "voting codes were")} given out.`,
  find: "Find your ballot",
  findLabel: "Tracking number",
  findButton: "Find",
  foundCounts: "This ballot is in the box and counts.",
  foundReplaced: "This ballot is in the box. A later one of the same voter replaced it and counts in its place.",
  notFound:
    "No ballot in the box has this tracking number. If you were told that it was received, keep your receipt and tell whoever holds the election.",
  ballotsTitle: "All ballots",
  ballotNumber: "No.",
  weight: "Votes",
  state: "State",
  counts: "counts",
  replaced: "replaced",
  more: (number: number) => `Show ${number} more`,
  empty: "There are no ballots yet.",
  resultTitle: "The result",
  resultNone: "The result comes when the trustees have decrypted the sum of all ballots.",
  answer: "Answer",
  votes: "Votes",
  rankedResult: (number: number) =>
    `${count(number, "ballot was", "ballots were")} shuffled and decrypted. They are in the archive, for any counting rule.`,
  checkTitle: "Check it yourself",
  checkText: "Load the archive. It holds every ballot and every proof, and each of these programs verifies it:",
  archive: "The archive",
  electionFile: "The election as data",
  toBooth: "To the booth",
  foot: (head: string) => `As of ${head}`,
  program: "Program of this page:",
};

export type Messages = typeof en;

const es: Messages = {
  language: "Español",
  languages: "Idioma",
  loading: "Cargando la elección …",
  tryAgain: "Intentar de nuevo",
  notLoaded: "No se puede cargar la elección. Compruebe la conexión e inténtelo de nuevo.",
  notSupported: (detail) => `Esta cabina no puede celebrar esta elección: ${detail}.`,
  heldBy: (who) => `Convoca: ${who}.`,
  skip: "Ir al contenido",

  electionsTitle: "Votaciones secretas",
  electionsIntro: "Elija la votación en la que quiere votar o cuya urna quiere ver.",
  vote: "Votar",
  box: "La urna",

  closedTitle: "La votación está cerrada",
  closedText: "La urna ya no recibe papeletas. En la urna pública puede ver todas las papeletas y el resultado.",

  chooseRange: (min, max) =>
    min === max
      ? `Elija ${count(min, "respuesta", "respuestas")}.`
      : min === 0
        ? `Elija como máximo ${count(max, "respuesta", "respuestas")}, o ninguna.`
        : `Elija entre ${min} y ${max} respuestas.`,
  orBlank: "O vote en blanco.",
  rankHint: "Dé un 1 a lo que prefiere, después 2, 3 … Puede repetir números. Lo que deje fuera queda sin número.",
  chosen: (number) => (number === 1 ? "1 elegida" : `${number} elegidas`),
  blank: "Voto en blanco",
  none: "Ninguna",
  noRank: "sin número",
  rankLabel: (answer) => `Número para ${answer}`,
  question: (number, all) => `Pregunta ${number} de ${all}`,

  codeTitle: "Su código de voto",
  codeLabel: "Código de voto",
  codeHint: "Está en su carta y tiene esta forma:",
  codeWhy: "El código firma su papeleta. Demuestra que puede votar, y nunca se envía.",
  encrypt: "Cifrar mi voto",
  notSentYet: "Todavía no se envía nada. Su elección no sale de este aparato hasta que esté cifrada.",
  encrypting: (done, all) => `Cifrando en este aparato: ${done} de ${all}`,

  mend: "Revise esto, por favor:",
  faultCode:
    "El código de voto tiene un error. Son 22 caracteres (15 en cartas antiguas); 0, O, I y l no aparecen nunca.",
  faultCodeMissing: "Falta el código de voto.",
  faultSum: (question, sum, min, max) =>
    `Pregunta ${question}: ${sum === 1 ? "1 elegida" : `${sum} elegidas`}; ${min === max ? `hacen falta ${min}` : `hacen falta entre ${min} y ${max}`}.`,
  faultBlank: (question) => `Pregunta ${question}: un voto en blanco no puede elegir además respuestas.`,
  faultKey: "La clave pública de la elección no es correcta. No vote y avise a quien convoca la elección.",
  faultNotLoaded: "No se pudo cargar lo que cifra. Compruebe la conexión e inténtelo de nuevo.",
  faultOther: (detail) => `No se pudo cifrar: ${detail}.`,

  encryptedTitle: "Cifrado, aún sin enviar",
  encryptedText:
    "Su voto ya está cifrado en este aparato. Échelo a la urna, o haga abrir antes el cifrado para comprobarlo.",
  youChose: "Usted ha elegido",
  nothing: "nada",
  checkNumber: "Número de control",
  checkNumberHint: "Ata este aparato a lo que ha cifrado. Solo lo necesita si comprueba el cifrado.",
  cast: "Echarlo a la urna",
  openInstead: "Comprobar antes el cifrado",
  change: "Cambiar mi voto",

  openedTitle: "Abierto para comprobarlo",
  openedText:
    "Este cifrado se ha abierto y no se enviará. El archivo contiene todo lo necesario para que cualquiera vea qué se cifró. No está firmado: nadie puede echarlo a la urna.",
  openedSave: "Guardar el archivo",
  openedHow: "Cómo comprobarlo",
  openedStep1: "Lleve la urna pública y el archivo a cualquier ordenador, mejor a otro que este.",
  openedStep2: "Ejecute esta orden. Debe mostrar el número de control de arriba y lo que usted eligió:",
  openedStep3:
    "Otros programas pueden calcular lo mismo: el archivo contiene el número aleatorio de cada opción cifrada. belenios-tool comprueba las papeletas de la urna; no tiene una orden para abrir una.",
  openedPrivate:
    "El archivo muestra lo que ha elegido esta vez. Elija cualquier cosa para probar, y vote después lo que quiera.",
  encryptAnew: "Cifrar mi voto de nuevo",

  sendingTitle: "Enviando",
  sendingText: "Su papeleta está en camino. Puede dejar abierta esta página; se envía una sola vez.",
  unknownTitle: "Aún no se sabe si ha llegado",
  unknownText:
    "La conexión se perdió antes de la respuesta. Su papeleta se guarda aquí, cifrada. Enviarla otra vez no hace daño: la urna la guarda una sola vez.",
  unknownAgain: (seconds) => `Se intentará solo otra vez en ${count(seconds, "segundo", "segundos")}.`,
  sendAgain: "Enviarla otra vez ahora",

  receivedTitle: "Su papeleta está en la urna",
  receivedText: "Está guardada de forma duradera. Con el número de seguimiento la encuentra siempre en la urna pública.",
  receivedBefore: "Había llegado ya la primera vez.",
  receivedReplaces: "Sustituye a su papeleta anterior; solo cuenta esta.",
  trackingNumber: "Número de seguimiento",
  copy: "Copiar",
  copied: "Copiado",
  print: "Imprimir",
  seeBox: "Verla en la urna",
  voteAgain: "Votar otra vez",
  voteAgainHint: "Hasta que se cierre la urna puede votar otra vez. Cuenta la última papeleta.",

  refusedTitle: "La urna no ha aceptado la papeleta",
  refusedClosed: "La votación está cerrada. Su papeleta no se ha contado.",
  refusedCredential:
    "Este código de voto no está en la lista de esta elección. Compruebe si la carta corresponde a ella.",
  refusedMachine:
    "La urna no puede guardar papeletas en este momento. La suya se conserva aquí, cifrada; inténtelo de nuevo.",
  refusedOther: (message) => `La urna dice: ${message}.`,
  back: "Volver a mi voto",

  asideTitle: "Qué pasa con mi voto",
  aside1: "Este aparato lo cifra. El servidor no puede leerlo. Solo podrían quienes guardan la clave, juntos; descifran el recuento y ningún voto suelto.",
  aside2: "Su código de voto lo firma, para que nadie sin código pueda cambiar o añadir una papeleta.",
  aside3: "Encuentra su papeleta en la urna pública por su número de seguimiento.",
  aside4: "Todas las papeletas se suman, o se barajan, antes de descifrar nada. Cualquiera puede comprobar el recuento.",
  leaveWarning: "Su voto no se ha enviado.",

  boxTitle: (name) => `La urna: ${name}`,
  boxOpen: "La votación está abierta.",
  boxClosed: "La votación está cerrada.",
  boxCounts: (ballots, counted, credentials) =>
    `${count(ballots, "papeleta", "papeletas")} en la urna, ${counted === 1 ? "cuenta 1" : `cuentan ${counted}`}; se ${credentials === 1 ? "entregó 1 código" : `entregaron ${credentials} códigos`} de voto.`,
  find: "Encuentre su papeleta",
  findLabel: "Número de seguimiento",
  findButton: "Buscar",
  foundCounts: "Esta papeleta está en la urna y cuenta.",
  foundReplaced: "Esta papeleta está en la urna. Otra posterior de la misma persona la sustituyó y cuenta en su lugar.",
  notFound:
    "Ninguna papeleta de la urna tiene este número. Si se le dijo que había llegado, guarde su justificante y avise a quien convoca la elección.",
  ballotsTitle: "Todas las papeletas",
  ballotNumber: "N.º",
  weight: "Votos",
  state: "Estado",
  counts: "cuenta",
  replaced: "sustituida",
  more: (number) => `Mostrar ${number} más`,
  empty: "Todavía no hay papeletas.",
  resultTitle: "El resultado",
  resultNone: "El resultado llegará cuando quienes guardan la clave hayan descifrado la suma de todas las papeletas.",
  answer: "Respuesta",
  votes: "Votos",
  rankedResult: (number) =>
    `${count(number, "papeleta barajada y descifrada", "papeletas barajadas y descifradas")}. Están en el archivo, para cualquier regla de recuento.`,
  checkTitle: "Compruébelo usted",
  checkText: "Descargue el archivo. Contiene todas las papeletas y todas las pruebas, y cada uno de estos programas lo verifica:",
  archive: "El archivo",
  electionFile: "La elección como datos",
  toBooth: "A la cabina",
  foot: (head) => `Estado: ${head}`,
  program: "Programa de esta página:",
};

const all = { en, es };

export type Language = keyof typeof all;

export const languages = Object.keys(all) as Language[];

const STORED = "mandate-language";

function isLanguage(text: string | null | undefined): text is Language {
  return text === "en" || text === "es";
}

/** The language chosen before, or the first of the browser's that there is, or English. */
export function preferredLanguage(): Language {
  const wanted = [stored(), ...navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase())];
  return wanted.find(isLanguage) ?? "en";
}

function stored(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    // A browser that stores nothing: the language is chosen anew on each page.
    return null;
  }
}

export function storeLanguage(language: Language): void {
  try {
    localStorage.setItem(STORED, language);
  } catch {
    // As above.
  }
}

export function messagesIn(language: Language): Messages {
  return all[language];
}
