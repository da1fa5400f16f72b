// What the console says. A word that is missing here is missing in all three.
const table = {
  conversations: ["Conversaciones", "Conversas", "Conversations"],
  mine: ["Míos", "Meus", "Mine"], waiting: ["Esperan", "Esperam", "Waiting"], open: ["Todos", "Todos", "All"],
  presence: ["Estado", "Estado", "State"], available: ["disponible", "disponível", "available"], busy: ["ocupado", "ocupado", "busy"],
  break: ["en pausa", "em pausa", "on a break"], away: ["fuera", "fora", "away"],
  leave: ["Salir", "Sair", "Sign out"], back: ["Volver", "Voltar", "Back"], accept: ["Aceptar", "Aceitar", "Accept"],
  close: ["Cerrar", "Encerrar", "Close"], code: ["Cómo terminó", "Como terminou", "How it ended"], send: ["Enviar", "Enviar", "Send"],
  write: ["Mensaje al cliente", "Mensagem ao cliente", "Message to the customer"], earlier: ["Anteriores", "Anteriores", "Earlier"],
  none: ["No hay conversaciones aquí.", "Não há conversas aqui.", "No conversations here."],
  more: ["Hay más.", "Há mais.", "There are more."],
  window: ["ventana", "janela", "window"], closed: ["ventana cerrada", "janela fechada", "window closed"],
  since: ["espera", "espera", "waits"], urgent: ["prioridad", "prioridade", "priority"],
  customer: ["cliente", "cliente", "customer"], company: ["desde otra app", "de outro app", "from another app"], host: ["Timonel", "Timonel", "Timonel"],
  rule: ["regla", "regra", "rule"], edited: ["editado", "editada", "edited"], revoked: ["El cliente lo borró", "O cliente apagou", "The customer took it back"],
  erased: ["Suprimido", "Eliminada", "Erased"], attached: ["Abrir", "Abrir", "Open"],
  queued: ["por salir", "por sair", "to be sent"], accepted: ["enviado", "enviada", "sent"], sent: ["enviado", "enviada", "sent"],
  delivered: ["entregado", "entregue", "delivered"], read: ["leído", "lida", "read"], played: ["oído", "ouvida", "played"],
  failed: ["NO LLEGÓ", "NÃO CHEGOU", "DID NOT ARRIVE"], refused: ["WhatsApp no lo aceptó", "o WhatsApp não aceitou", "WhatsApp did not take it"],
  withheld: ["no se puede enviar", "não se pode enviar", "may not be sent"], "in-doubt": ["no se sabe si salió", "não se sabe se saiu", "unknown whether it was sent"],
  doing: ["Atiende", "Atende", "Attended by"], rules: ["Atienden las reglas", "As regras atendem", "Rules attend"], nobody: ["Sin caso abierto", "Sem caso aberto", "No open case"],
  held: ["Espera a que otros lo aprueben.", "Espera que outros aprovem.", "It waits until others agree."],
  saved: ["Sin conexión: lo escrito queda guardado aquí.", "Sem conexão: o que foi escrito fica salvo aqui.", "No connection: what you wrote is kept here."],
  shut: ["Pasaron 24 horas: solo se puede enviar una plantilla.", "Passaram 24 horas: só se pode enviar um modelo.", "24 hours have passed: only a template may be sent."],
  enter: ["Enter envía, Mayús+Enter pasa de línea.", "Enter envia, Shift+Enter pula linha.", "Enter sends, Shift+Enter begins a line."],
  because: ["Por qué", "Por quê", "Why"], fine: ["Cerrar", "Fechar", "Close"],
  halt: ["Detener envíos", "Parar envios", "Stop sending"], resume: ["Reanudar envíos", "Retomar envios", "Resume sending"],
  halts: ["Nada sale de ningún número, de personas ni de reglas, hasta que alguien lo reanude. Lo que se escriba espera.", "Nada sai de nenhum número, de pessoas nem de regras, até que alguém retome. O que se escrever espera.", "Nothing leaves from any number, by people or rules, until somebody resumes it. What is written waits."],
  why: ["Por qué", "Por quê", "Why"], no: ["No", "Não", "No"],
  stopped: ["ENVÍOS DETENIDOS", "ENVIOS PARADOS", "SENDING IS STOPPED"], "of-number": ["en un número", "em um número", "on one number"],
  "not-agent": ["Usted no atiende clientes.", "Você não atende clientes.", "You do not attend customers."],
};
const column = { es: 0, pt: 1, en: 2 };
export const language = (() => {
  const wanted = navigator.languages.map((one) => one.slice(0, 2));
  return wanted.find((one) => one in column) ?? "es";
})();
export const word = (name) => table[name]?.[column[language]] ?? name;
