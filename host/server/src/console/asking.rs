//! What a plugin asks of the host, in the words of whoever reads its permission sheet, and who signs that it gets it.
//!
//! The contract describes its functions in English, for those who write rules. Whoever signs reads them in their own language; a
//! function that is not in this table yet is told in the words of the contract.

use desk::Permission;
use domain::decision::Kind;
use domain::law::language::Language;
use domain::raci::Raci;
use domain::raci::letters::Letters;
use domain::raci::task::Task;

use super::words::Words;

/// What a function lets a rule do: it completes “the rule may …”.
pub(super) fn told(permission: &Permission, language: Language) -> &'static str {
    #[rustfmt::skip] // A table is read in rows.
    let [es, pt] = match permission.function.as_str() {
        "history.recent" => ["leer los últimos mensajes de la conversación", "ler as últimas mensagens da conversa"],
        "profile.get" => ["leer nombre, idioma y etiquetas del cliente", "ler nome, idioma e etiquetas do cliente"],
        "identity.get" => ["leer el teléfono del cliente", "ler o telefone do cliente"],
        "team.candidates" => ["ver quién del equipo podría tomar el caso", "ver quem da equipe poderia assumir o caso"],
        "memory.get" => ["leer lo que anotó de la conversación", "ler o que anotou da conversa"],
        "memory.set" => ["anotar cosas de la conversación", "anotar coisas da conversa"],
        "memory.get-of-contact" => ["leer lo que anotó del cliente, en todos los números", "ler o que anotou do cliente, em todos os números"],
        "memory.set-of-contact" => ["anotar cosas del cliente, en todos los números", "anotar coisas do cliente, em todos os números"],
        "log.write" => ["dejar una traza para su autor", "deixar um rastro para seu autor"],
        "reply.text" => ["escribirle al cliente", "escrever ao cliente"],
        "reply.buttons" => ["escribirle al cliente, con botones", "escrever ao cliente, com botões"],
        "reply.menu" => ["escribirle al cliente, con un menú", "escrever ao cliente, com um menu"],
        "label.add-tag" => ["etiquetar el caso", "etiquetar o caso"],
        "label.remove-tag" => ["quitarle una etiqueta al caso", "tirar uma etiqueta do caso"],
        "label.note" => ["dejar una nota a los agentes", "deixar uma nota aos agentes"],
        "label.priority" => ["cambiar la prioridad del caso", "mudar a prioridade do caso"],
        "close.resolve" => ["cerrar el caso", "encerrar o caso"],
        "template.send" => ["enviar plantillas, que cuestan, donde lo diga su permiso", "enviar modelos, que custam, onde a permissão disser"],
        "survey.ask" => ["preguntarle al cliente cómo le fue", "perguntar ao cliente como foi"],
        "reassign.to-queue" => ["hacer que el caso espere en otra cola", "fazer o caso esperar em outra fila"],
        "reassign.to-agent" => ["hacer que el caso espere a otro agente", "fazer o caso esperar outro agente"],
        "wake.after" => ["pedir que se le vuelva a preguntar más tarde", "pedir que lhe perguntem de novo mais tarde"],
        "wake.cancel" => ["retirar ese pedido", "retirar esse pedido"],
        "request.send" => ["hacer que se pregunte a otros sistemas, donde lo diga su permiso", "fazer perguntar a outros sistemas, onde a permissão disser"],
        "request.answer" => ["leer lo que respondieron otros sistemas", "ler o que outros sistemas responderam"],
        _ => [permission.words, permission.words],
    };
    language.pick(es, pt, permission.words)
}

/// What a rule of a kind decides.
pub(super) fn decides(say: Words, kind: Kind) -> &'static str {
    match kind {
        Kind::Routing => say.decides_routing(),
        Kind::Responding => say.decides_responding(),
        Kind::Following => say.decides_following(),
        Kind::Approving => say.decides_approving(),
        Kind::Measuring => say.decides_measuring(),
        Kind::Alerting => say.decides_alerting(),
    }
}

/// A kind, in a word.
pub(super) fn kind(say: Words, kind: Kind) -> &'static str {
    match kind {
        Kind::Routing => say.kind_routing(),
        Kind::Responding => say.kind_responding(),
        Kind::Following => say.kind_following(),
        Kind::Approving => say.kind_approving(),
        Kind::Measuring => say.kind_measuring(),
        Kind::Alerting => say.kind_alerting(),
    }
}

/// Who answers for a row, and so signs what belongs to it; in words that there is nobody, if there is nobody.
pub(super) fn answers(say: Words, raci: &Raci, task: Task) -> String {
    let own = raci.people().iter().filter(|person| !person.external && !person.service);
    let people = own.filter(|person| raci.letters(person, task).has(Letters::A));
    let names: Vec<&str> = people.map(|person| person.name.as_str()).collect();
    if names.is_empty() { say.nobody_answers().to_owned() } else { names.join(", ") }
}
