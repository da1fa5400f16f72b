//! Formulas and variants in Spanish and in Portuguese. Figures are known by what they say in English, which never changes without the
//! figure becoming another one; what people read of it may be worded better at any time.

/// In English, Spanish and Portuguese.
#[rustfmt::skip] // A table is read in rows.
const TABLE: [[&str; 3]; 44] = [
    ["wall time", "tiempo de reloj", "tempo de relógio"],
    ["business time, by the calendar of the queue", "tiempo de atención, según el calendario de la cola", "tempo de atendimento, pelo calendário da fila"],
    ["wall time, from the customer's first message", "tiempo de reloj, desde el primer mensaje del cliente", "tempo de relógio, desde a primeira mensagem do cliente"],
    ["wall time, with what the customer took to answer", "tiempo de reloj, con lo que el cliente tardó en responder", "tempo de relógio, com o que o cliente demorou a responder"],
    ["counted when a person answers, or the case is closed too late; first and later answers apart", "se cuenta cuando una persona responde, o cuando el caso se cierra tarde; la primera respuesta aparte de las siguientes", "conta-se quando uma pessoa responde, ou quando o caso se encerra tarde; a primeira resposta à parte das seguintes"],
    ["of the resolved cases that had waited", "de los casos resueltos que habían esperado", "dos casos resolvidos que tinham esperado"],
    ["no new message within 72 h, whatever it is about; counted when that is known", "sin otro mensaje en 72 h, trate de lo que trate; se cuenta cuando se sabe", "sem outra mensagem em 72 h, trate do que tratar; conta-se quando se sabe"],
    ["within 72 h, whatever it is about; counted when that is known", "en 72 h, trate de lo que trate; se cuenta cuando se sabe", "em 72 h, trate do que tratar; conta-se quando se sabe"],
    ["of the resolved cases that an agent had, counted for the last one", "de los casos resueltos que tuvo un agente; cuenta para el último", "dos casos resolvidos que um agente teve; conta para o último"],
    ["of all resolved cases", "de todos los casos resueltos", "de todos os casos resolvidos"],
    ["each step counted when it happens, by category", "cada paso se cuenta cuando ocurre, por categoría", "cada passo se conta quando ocorre, por categoria"],
    ["each step counted when it happens, by category; whoever hides that they read counts as not reading", "cada paso se cuenta cuando ocurre, por categoría; quien oculta que lee cuenta como que no leyó", "cada passo se conta quando ocorre, por categoria; quem oculta que lê conta como se não lesse"],
    ["counted once per case, where it first waited", "una vez por caso, donde esperó primero", "uma vez por caso, onde esperou primeiro"],
    ["counted for the agent who had it last", "cuenta para el agente que lo tuvo al final", "conta para o agente que o teve por último"],
    ["counted when the state ends", "se cuenta cuando el estado termina", "conta-se quando o estado termina"],
    ["counted when the break ends", "se cuenta cuando la pausa termina", "conta-se quando a pausa termina"],
    ["scores 4 and 5, of 1 to 5", "notas 4 y 5, de 1 a 5", "notas 4 e 5, de 1 a 5"],
    ["counted for the agent who had it, each time", "cuenta para el agente que lo tenía, cada vez", "conta para o agente que o tinha, cada vez"],
    ["of the time not away, counted when a state ends", "del tiempo que no estuvo fuera; se cuenta cuando un estado termina", "do tempo em que não esteve fora; conta-se quando um estado termina"],
    ["first message of a person − moment at which the case first waited for one; cases that were answered", "primer mensaje de una persona − momento en que el caso esperó por primera vez a una; casos que se respondieron", "primeira mensagem de uma pessoa − momento em que o caso esperou pela primeira vez por uma; casos respondidos"],
    ["first message of a person − moment at which the case first waited for one, without hours in which the queue was closed", "primer mensaje de una persona − momento en que el caso esperó por primera vez a una, sin las horas en que la cola estuvo cerrada", "primeira mensagem de uma pessoa − momento em que o caso esperou pela primeira vez por uma, sem as horas em que a fila esteve fechada"],
    ["first message of a person − message of the customer that opened the case; cases that were answered", "primer mensaje de una persona − mensaje del cliente que abrió el caso; casos que se respondieron", "primeira mensagem de uma pessoa − mensagem do cliente que abriu o caso; casos respondidos"],
    ["next message of a person − first message of the customer's turn; messages in a row are one turn", "siguiente mensaje de una persona − primer mensaje del turno del cliente; los mensajes seguidos son un turno", "mensagem seguinte de uma pessoa − primeira mensagem da vez do cliente; mensagens seguidas são uma vez"],
    ["next message of a person − first message of the customer's turn, without hours in which the queue was closed", "siguiente mensaje de una persona − primer mensaje del turno del cliente, sin las horas en que la cola estuvo cerrada", "mensagem seguinte de uma pessoa − primeira mensagem da vez do cliente, sem as horas em que a fila esteve fechada"],
    ["case given to an agent − case queued; cases that waited and were given to somebody", "caso dado a un agente − caso puesto en cola; casos que esperaron y se dieron a alguien", "caso dado a um agente − caso posto na fila; casos que esperaram e foram dados a alguém"],
    ["case resolved − case opened", "caso resuelto − caso abierto", "caso resolvido − caso aberto"],
    ["case resolved − case opened, without hours in which the queue was closed", "caso resuelto − caso abierto, sin las horas en que la cola estuvo cerrada", "caso resolvido − caso aberto, sem as horas em que a fila esteve fechada"],
    ["cases answered in time ÷ (cases answered + cases that waited and were resolved without an answer of a person)", "casos respondidos a tiempo ÷ (casos respondidos + casos que esperaron y se resolvieron sin respuesta de una persona)", "casos respondidos a tempo ÷ (casos respondidos + casos que esperaram e se resolveram sem resposta de uma pessoa)"],
    ["answers within what their queue promised ÷ answers of which the queue promised a time", "respuestas dentro de lo que prometió su cola ÷ respuestas de las que la cola prometió un tiempo", "respostas dentro do que sua fila prometeu ÷ respostas das quais a fila prometeu um tempo"],
    ["cases that waited and were resolved without an answer of a person ÷ resolved cases that had waited", "casos que esperaron y se resolvieron sin respuesta de una persona ÷ casos resueltos que habían esperado", "casos que esperaram e se resolveram sem resposta de uma pessoa ÷ casos resolvidos que tinham esperado"],
    ["resolved, no transfer, and the customer did not write again within 72 h ÷ resolved", "resueltos, sin transferir, y el cliente no volvió a escribir en 72 h ÷ resueltos", "resolvidos, sem transferir, e o cliente não voltou a escrever em 72 h ÷ resolvidos"],
    ["resolved cases whose customer wrote again within 72 h ÷ resolved", "casos resueltos cuyo cliente volvió a escribir en 72 h ÷ resueltos", "casos resolvidos cujo cliente voltou a escrever em 72 h ÷ resolvidos"],
    ["cases that went from one agent to another ÷ resolved cases that an agent had", "casos que pasaron de un agente a otro ÷ casos resueltos que tuvo un agente", "casos que passaram de um agente a outro ÷ casos resolvidos que um agente teve"],
    ["cases resolved that no agent had and no person wrote in ÷ cases resolved", "casos resueltos que ningún agente tuvo y en los que ninguna persona escribió ÷ casos resueltos", "casos resolvidos que nenhum agente teve e em que nenhuma pessoa escreveu ÷ casos resolvidos"],
    ["messages that reached the customer's device ÷ messages that WhatsApp took", "mensajes que llegaron al teléfono del cliente ÷ mensajes que WhatsApp aceptó", "mensagens que chegaram ao telefone do cliente ÷ mensagens que o WhatsApp aceitou"],
    ["messages that the customer saw ÷ messages that reached the customer's device", "mensajes que el cliente vio ÷ mensajes que llegaron a su teléfono", "mensagens que o cliente viu ÷ mensagens que chegaram ao seu telefone"],
    ["messages that WhatsApp took and could not deliver ÷ messages that WhatsApp took", "mensajes que WhatsApp aceptó y no pudo entregar ÷ mensajes que WhatsApp aceptó", "mensagens que o WhatsApp aceitou e não pôde entregar ÷ mensagens que o WhatsApp aceitou"],
    ["cases that began to wait for a person, each once", "casos que empezaron a esperar a una persona, cada uno una vez", "casos que começaram a esperar uma pessoa, cada um uma vez"],
    ["cases resolved, by closing code", "casos resueltos, por código de cierre", "casos resolvidos, por código de encerramento"],
    ["time that an agent was available, busy, on a break or away, by state", "tiempo que un agente estuvo disponible, ocupado, en pausa o fuera, por estado", "tempo que um agente esteve disponível, ocupado, em pausa ou fora, por estado"],
    ["time that an agent was on a break, by what it was for", "tiempo que un agente estuvo en pausa, por motivo", "tempo que um agente esteve em pausa, por motivo"],
    ["customers who were satisfied, of those who said how it was; counted for whoever had the case last, when they say so", "clientes satisfechos, de los que dijeron cómo les fue; cuenta para quien tuvo el caso al final, cuando lo dicen", "clientes satisfeitos, dos que disseram como foi; conta para quem teve o caso por último, quando dizem"],
    ["time available ÷ (time available + busy + on a break)", "tiempo disponible ÷ (tiempo disponible + ocupado + en pausa)", "tempo disponível ÷ (tempo disponível + ocupado + em pausa)"],
    ["times that a case was given back, handed over, reassigned, left at the end of a shift or rescued, by which of them", "veces que un caso se devolvió, se cedió, se movió, quedó al terminar un turno o se rescató, por cuál de ellas", "vezes que um caso foi devolvido, cedido, movido, deixado ao fim do turno ou resgatado, por qual delas"],
];

/// What a formula or a variant is in Spanish and in Portuguese.
pub fn spoken(english: &str) -> Option<[String; 2]> {
    let own = |[_, es, pt]: &[&str; 3]| [(*es).to_owned(), (*pt).to_owned()];
    let known = TABLE.iter().find(|[en, ..]| *en == english).map(own);
    known.or_else(|| {
        let seconds = english.strip_prefix("within ")?.strip_suffix(" s of wall time, of all that ended")?;
        Some([
            ["en ", seconds, " s de reloj, de todos los que terminaron"].concat(),
            ["em ", seconds, " s de relógio, de todos os que terminaram"].concat(),
        ])
    })
}
