//! What the pages say, in the three languages: one table, and each word a method, so that a page that says what is not in the table
//! does not compile, and the compiler names what no page says any more.

use domain::law::class::Category;
use domain::law::language::Language;
use domain::rule::mode::Mode;

/// The words of one language.
#[derive(Debug, Clone, Copy)]
pub(in crate::console) struct Words(pub(in crate::console) Language);

macro_rules! words {
    ($($name:ident: $es:literal, $pt:literal, $en:literal;)*) => {
        impl Words {
            $(pub(in crate::console) fn $name(self) -> &'static str {
                self.0.pick($es, $pt, $en)
            })*
        }
    };
}

impl Words {
    pub(in crate::console) fn off(self) -> String {
        Mode::Off.words(self.0)
    }

    pub(in crate::console) fn shadow(self) -> String {
        Mode::Shadow.words(self.0)
    }

    pub(in crate::console) fn live(self) -> String {
        Mode::Live.words(self.0)
    }

    /// What a category is called.
    pub(in crate::console) fn of_category(self, category: Category) -> &'static str {
        category.words(self.0)
    }

    /// As what templates count: for Meta, and for people.
    pub(in crate::console) fn categories(self) -> [(&'static str, &'static str); 3] {
        [
            ("UTILITY", self.of_category(Category::Utility)),
            ("MARKETING", self.of_category(Category::Marketing)),
            ("AUTHENTICATION", self.of_category(Category::Authentication)),
        ]
    }
}

mod admin;

words! {
    // The frame.
    skip: "Ir al contenido", "Ir ao conteúdo", "Go to the content";
    pages: "Páginas", "Páginas", "Pages";
    attend: "Atender", "Atender", "Attend";
    tower: "Tablero", "Painel", "Board";
    rules: "Reglas", "Regras", "Rules";
    figures: "Indicadores", "Indicadores", "Figures";
    approvals: "Aprobaciones", "Aprovações", "Approvals";
    leave: "Salir", "Sair", "Sign out";
    halt: "Detener envíos", "Parar envios", "Stop sending";
    resume: "Reanudar envíos", "Retomar envios", "Resume sending";
    halts: "Nada sale de ningún número, de personas ni de reglas, hasta que alguien lo reanude. Lo que se escriba espera.",
        "Nada sai de nenhum número, de pessoas nem de regras, até que alguém retome. O que se escrever espera.",
        "Nothing leaves from any number, by people or rules, until somebody resumes it. What is written waits.";
    halts_number: "Nada sale de ese número, de personas ni de reglas, hasta que alguien lo reanude. Lo que se escriba espera.",
        "Nada sai desse número, de pessoas nem de regras, até que alguém retome. O que se escrever espera.",
        "Nothing leaves from that number, by people or rules, until somebody resumes it. What is written waits.";
    resumes: "Lo que esperaba empieza a salir, de personas y de reglas. Asegúrese de que ya no exista el motivo por el que se detuvo.",
        "O que esperava começa a sair, de pessoas e de regras. Certifique-se de que o motivo da parada já não existe.",
        "What waited begins to leave, by people and rules. Make sure that what it was stopped for is over.";
    stopped: "ENVÍOS DETENIDOS", "ENVIOS PARADOS", "SENDING IS STOPPED";
    called: "HACE FALTA UNA PERSONA", "É PRECISO UMA PESSOA", "A PERSON IS NEEDED";
    of_number: "en un número", "em um número", "on one number";
    why: "Por qué", "Por quê", "Why";
    cancel: "Cancelar", "Cancelar", "Cancel";
    no: "No", "Não", "No";
    offline: "Sin conexión: lo que se ve puede no ser lo último.", "Sem conexão: o que se vê pode não ser o último.", "No connection: what you see may not be the latest.";
    not_json: "Los ajustes no son JSON", "Os ajustes não são JSON", "The settings are no JSON";
    none: "ninguno", "nenhum", "none";
    by: "por", "por", "by";
    all: "todos", "todos", "all";

    // A direct link to what is not theirs.
    refused: "Esta página no es suya", "Esta página não é sua", "This page is not yours";
    missing_page: "Esto no existe", "Isto não existe", "There is no such thing";
    failed_page: "No se pudo mostrar", "Não foi possível mostrar", "It could not be shown";
    row: "Fila de la matriz", "Linha da matriz", "Row of the matrix";
    who_could: "Quién podría", "Quem poderia", "Who could";
    back_to: "Volver a su trabajo", "Voltar ao seu trabalho", "Back to your work";

    // What somebody was told.
    notices: "Avisos", "Avisos", "Notices";
    no_notices: "Nada todavía.", "Nada ainda.", "Nothing yet.";
    all_read: "Marcar todo como leído", "Marcar tudo como lido", "Mark all as read";
    not_read: "sin leer", "não lido", "not read";
    asks_for_help: "pide ayuda", "pede ajuda", "asks for help";

    // The quick replies.
    quick_replies: "Respuestas rápidas", "Respostas rápidas", "Quick replies";
    quick_replies_say: "Un agente las trae escribiendo / en el mensaje, y las puede cambiar antes de enviarlas.", "Um agente as traz escrevendo / na mensagem, e pode mudá-las antes de enviar.", "An agent brings them by typing / in the message, and can change them before they are sent.";
    no_quick_replies: "Todavía no hay ninguna.", "Ainda não há nenhuma.", "There are none yet.";
    every_queue: "todas", "todas", "all";
    written_by: "La escribió", "Escrita por", "Written by";
    change_it: "Cambiar", "Mudar", "Change";
    drop: "Quitar", "Remover", "Drop";
    keep: "Guardar", "Guardar", "Keep";
    keep_quick_reply: "Escribir una", "Escrever uma", "Write one";
    keep_quick_reply_says: "{customer}, {agent} y {company} se cambian por el nombre del cliente, del agente y de la empresa. Con el nombre de una que ya está, la cambia. Sin marcar colas, es para todas.",
        "{customer}, {agent} e {company} são trocados pelo nome do cliente, do agente e da empresa. Com o nome de uma que já existe, a muda. Sem marcar filas, é para todas.",
        "{customer}, {agent} and {company} are replaced by the names of the customer, the agent and the company. With the name of one that is there, it changes that. With no queue marked, it is for all.";

    // The board.
    queues: "Colas", "Filas", "Queues";
    queue: "Cola", "Fila", "Queue";
    waiting: "Esperan", "Esperam", "Waiting";
    oldest: "La más antigua", "A mais antiga", "Oldest";
    at_risk: "En riesgo", "Em risco", "At risk";
    late: "Tarde", "Atrasadas", "Late";
    attended: "Atendidas", "Atendidas", "Attended";
    available_now: "Disponibles", "Disponíveis", "Available";
    room: "cupos", "vagas", "places";
    service_level: "A tiempo hoy", "No prazo hoje", "In time today";
    promise: "Una cola que no promete otra cosa se mide por atender en", "Uma fila que não promete outra coisa é medida por atender em", "A queue that promises nothing else is held to answering within";
    first_for: "primero", "primeiro", "first";
    is_answered: "el cliente no espera respuesta", "o cliente não espera resposta", "the customer waits for no answer";
    promise_none: "Ninguna regla cuenta el nivel de servicio: no se sabe qué está en riesgo.",
        "Nenhuma regra conta o nível de serviço: não se sabe o que está em risco.",
        "No rule counts the service level: nobody knows what is at risk.";
    risk_means: "En riesgo: pasó la mitad de ese tiempo. Tarde: pasó todo. Una cola con plazo propio se mide por el suyo, también por los casos que alguien tiene sin responder.", "Em risco: passou metade desse tempo. Atrasada: passou todo. Uma fila com prazo próprio é medida por ele, também pelos casos que alguém tem sem responder.", "At risk: half of that has passed. Late: all of it. A queue with a promise of its own goes by that, and by the cases that somebody has and did not answer.";
    agents: "Agentes", "Agentes", "Agents";
    agent: "Agente", "Agente", "Agent";
    since: "Desde", "Desde", "Since";
    load: "Carga", "Carga", "Load";
    closed_until: "cerrada hasta", "fechada até", "closed until";
    ended_shift: "terminó el turno", "terminou o turno", "ended the shift";
    no_queues: "Su alcance no llega a ninguna cola.", "Seu alcance não chega a nenhuma fila.", "Your scope reaches no queue.";
    no_agents: "Ningún agente en su alcance.", "Nenhum agente no seu alcance.", "No agent in your scope.";

    alerts: "Alertas", "Alertas", "Alerts";
    warning: "atención", "atenção", "warning";
    critical: "crítica", "crítica", "critical";

    // Cases, and moving them.
    cases: "Casos", "Casos", "Cases";
    customer: "Cliente", "Cliente", "Customer";
    holder: "Quién lo tiene", "Quem o tem", "Who has it";
    waits: "Espera", "Espera", "Waits";
    number: "Número", "Número", "Number";
    priority: "Prioridad", "Prioridade", "Priority";
    choose_case: "Elegir el caso de", "Escolher o caso de", "Choose the case of";
    no_cases: "Nadie espera y nadie es atendido.", "Ninguém espera e ninguém é atendido.", "Nobody waits and nobody is attended.";
    first_cases: "Se ven los primeros 100; el filtro alcanza a todos.", "Veem-se os primeiros 100; o filtro alcança todos.", "The first 100 are shown; the filter reaches all of them.";
    move_cases: "Mover casos", "Mover casos", "Move cases";
    move_which: "Marque casos en la lista, o deje la lista sin marcar y filtre.", "Marque casos na lista, ou deixe a lista sem marcar e filtre.", "Mark cases in the list, or mark none and filter.";
    of_queue: "De la cola", "Da fila", "From queue";
    of_agent: "De quien los tiene", "De quem os tem", "From agent";
    with_tag: "Con la etiqueta", "Com a etiqueta", "With tag";
    waiting_minutes: "Que esperan más de (min)", "Que esperam mais de (min)", "Waiting longer than (min)";
    to: "A dónde", "Para onde", "Where to";
    preview: "Ver qué pasaría", "Ver o que aconteceria", "See what it would do";
    do_move: "Mover", "Mover", "Move";
    reason_of_move: "Por qué (lo lee quien firma; sin nombres de clientes)", "Por quê (quem assina lê; sem nomes de clientes)", "Why (who signs reads it; no names of customers)";
    chosen_cases: "Los elegidos", "Os escolhidos", "Those chosen";
    would_move: "Casos que se moverían", "Casos que se moveriam", "Cases that would move";
    would_stay: "Se quedarían donde están", "Ficariam onde estão", "Would stay where they are";
    needs_agreement: "Pasa de lo que una persona mueve sola en una hora: se propone y otros firman.", "Passa do que uma pessoa move sozinha em uma hora: propõe-se e outros assinam.", "More than one person moves alone within an hour: it is proposed, and others sign.";
    at_once: "Se mueven en cuanto lo confirme.", "Movem-se assim que confirmar.", "They move as soon as you confirm.";
    moved_so_far: "Movidos", "Movidos", "Moved";
    moves: "Movimientos recientes", "Movimentos recentes", "Recent moves";
    stage: "Cómo va", "Como está", "How it is";
    stage_asked: "pedido", "pedido", "asked";
    stage_proposed: "espera firmas", "espera assinaturas", "waits for signatures";
    stage_running: "en curso", "em curso", "running";
    stage_done: "hecho", "feito", "done";
    stage_over: "no se aprobó", "não foi aprovado", "not agreed on";

    // Rules.
    mode: "Modo", "Modo", "Mode";
    plugin: "Plugin", "Plugin", "Plugin";
    canary: "canario", "canário", "canary";
    set_on: "Encendido", "Ligado", "On";
    set_off: "Apagado", "Desligado", "Off";
    set_of_rules: "Conjunto", "Conjunto", "Set";
    switch_off: "Apagar el conjunto", "Desligar o conjunto", "Switch the set off";
    switch_on: "Encender el conjunto", "Ligar o conjunto", "Switch the set on";
    switch_says: "Vale desde el próximo mensaje. Lo que ya se decidió no cambia.", "Vale a partir da próxima mensagem. O que já se decidiu não muda.", "It counts from the next message on. What was decided does not change.";
    hour: "En la última hora", "Na última hora", "In the last hour";
    asked: "preguntada", "perguntada", "asked";
    decided: "decidió", "decidiu", "decided";
    failed: "falló", "falhou", "failed";
    decided_before: "diría otra cosa, pero otra regla decidió antes", "diria outra coisa, mas outra regra decidiu antes", "would say otherwise, but another rule had decided";
    disagreed: "en sombra habría decidido otra cosa", "na sombra teria decidido outra coisa", "in the shadow would have decided otherwise";
    micros_each: "µs por llamada", "µs por chamada", "µs a call";
    as_signed: "como se firmó", "como foi assinada", "as it was signed";
    moved_by: "La movió", "Moveu", "Moved by";
    set_off_by: "Lo apagó", "Desligado por", "Switched off by";
    set_on_by: "Lo encendió", "Ligado por", "Switched on by";
    off_with_its_set: "apagada con su conjunto; sola estaría", "desligada com seu conjunto; sozinha estaria", "off with its set; alone it would be";
    signed_mode: "Modo con que se firmó", "Modo com que se assinou", "Mode that was signed";
    guarded_by: "Una regla protege a los clientes: lo apaga solo", "Uma regra protege os clientes: só desliga", "A rule protects customers: only switched off by";
    as_if_in: "Como si estuviera", "Como se estivesse", "As if it were";
    pairs: "una línea por texto, como «es: Gracias»", "uma linha por texto, como «es: Obrigado»", "a line for each text, as “es: Gracias”";
    failed_last: "Lo último que falló", "A última falha", "What failed last";
    rests: "Descansa: falló demasiado", "Descansa: falhou demais", "It rests: it failed too often";
    stopped_author: "Parada: se revocó la llave de", "Parada: revogou-se a chave de", "Stopped: the key was revoked of";
    earlier_runs: "Corre una versión anterior", "Roda uma versão anterior", "An earlier version runs";
    guard: "Guarda: solo quien responde por las reglas la baja", "Guarda: só quem responde pelas regras a baixa", "Guard: only who answers for rules moves it down";
    up_to: "Puede llegar hasta", "Pode chegar até", "It may be moved up to";
    resting: "Falló cinco veces seguidas, y no se le pregunta durante un minuto; después se prueba con un caso. Mientras tanto deciden las demás. La despierta también otra versión.", "Falhou cinco vezes seguidas, e não se pergunta a ela por um minuto; depois se testa com um caso. Enquanto isso decidem as demais. Outra versão também a acorda.", "It failed five times in a row and is not asked for a minute; then one case tries it. The others decide meanwhile. Another version wakes it, too.";
    asked_of_none: "por ningún caso (lo que mira cifras o propuestas se cuenta en otro lado)", "por nenhum caso (o que olha números ou propostas se conta em outro lugar)", "about no case (what looks at figures or proposals is counted elsewhere)";
    until: "Hasta", "Até", "Until";
    change_mode: "Cambiar el modo", "Mudar o modo", "Change the mode";
    percent: "Porcentaje de conversaciones (canario)", "Porcentagem de conversas (canário)", "Percent of conversations (canary)";
    apply: "Aplicar", "Aplicar", "Apply";
    return_signed: "Volver a lo firmado", "Voltar ao assinado", "Return to what was signed";
    return_version: "Volver a esta versión", "Voltar a esta versão", "Return to this version";
    return_says: "Lo que se movió queda sin efecto desde el próximo mensaje.", "O que se moveu fica sem efeito a partir da próxima mensagem.", "What was moved has no effect from the next message on.";
    versions: "Versiones que estuvieron en vigor", "Versões que estiveram em vigor", "Versions that were in force";
    version: "Versión", "Versão", "Version";
    in_force: "en vigor", "em vigor", "in force";
    settings: "Ajustes", "Ajustes", "Settings";
    scope: "Para qué casos", "Para quais casos", "For which cases";
    language: "Idioma", "Idioma", "Language";
    scope_all: "todos", "todos", "all";
    advice: "Lo que advierte el plugin", "O que o plugin adverte", "What the plugin warns of";
    no_rules: "Ninguna regla en su alcance.", "Nenhuma regra no seu alcance.", "No rule in your scope.";
    only_look: "Usted puede ver las reglas. Las mueve quien tiene R o A en «Ajustar reglas de enrutamiento».", "Você pode ver as regras. Move quem tem R ou A em «Ajustar regras de roteamento».", "You may see the rules. Who has R or A in “Adjust routing rules” moves them.";

    // Trying a rule on the past.
    backtest: "Probarla con lo que pasó", "Testá-la com o que aconteceu", "Try it on what happened";
    backtest_says: "Se vuelve a preguntar todo lo que se preguntó, con lo que usted cambie aquí. No toca a ningún cliente.", "Pergunta-se de novo tudo o que se perguntou, com o que você mudar aqui. Não toca em nenhum cliente.", "All that was asked is asked again, with what you change here. It touches no customer.";
    days: "Días hacia atrás", "Dias para trás", "Days back";
    as_mode: "Como si estuviera", "Como se estivesse", "As if it were";
    try_it: "Probar", "Testar", "Try";
    stop_trial: "Detener la prueba", "Parar o teste", "Stop the trial";
    trial: "Prueba", "Teste", "Trial";
    trial_running: "en curso", "em curso", "running";
    trial_done: "terminada", "terminado", "done";
    trial_stopped: "detenida", "parado", "stopped";
    trial_failed: "falló", "falhou", "failed";
    events_read: "eventos leídos", "eventos lidos", "events read";
    decisions: "Decisiones", "Decisões", "Decisions";
    same: "Iguales", "Iguais", "The same";
    counted_once: "Sin las que son simulación: solo los casos que hasta ahí habían ido como de verdad.", "Sem as que são simulação: só os casos que até ali tinham ido como de verdade.", "Without what is a simulation: only cases that had gone as they really did until then.";
    different: "Distintas", "Diferentes", "Different";
    simulated: "Simuladas: su caso ya había tomado otro camino", "Simuladas: seu caso já tinha tomado outro caminho", "Simulated: their case had gone another way before";
    not_asked: "No se habrían preguntado", "Não teriam sido perguntadas", "Would not have been asked";
    erased: "Ya no se pueden leer", "Já não se podem ler", "Cannot be read any more";
    difference: "En qué", "Em quê", "How";
    elsewhere: "Otra cola", "Outra fila", "Another queue";
    placed_otherwise: "Misma cola, otro orden o habilidad", "Mesma fila, outra ordem ou habilidade", "Same queue, other skills or priority";
    answered_by_rule: "La atendería una regla, y no una persona", "Uma regra atenderia, e não uma pessoa", "A rule would deal with it, and no person";
    left_to_people: "La atendería una persona, y no una regla", "Uma pessoa atenderia, e não uma regra", "A person would have to come, and no rule";
    answered_otherwise: "Otras palabras", "Outras palavras", "Other words";
    silent: "Nadie diría nada", "Ninguém diria nada", "Nobody would say anything";
    from: "De", "De", "From";
    by_rules: "una regla lo resuelve", "uma regra resolve", "a rule deals with it";
    wait_longer: "Esperarían más", "Esperariam mais", "Would wait longer";
    wait_shorter: "Esperarían lo mismo o menos", "Esperariam o mesmo ou menos", "Would wait as long or less";
    wait_unknown: "No se sabe", "Não se sabe", "Unknown";
    wait_median: "Mediana de la diferencia", "Mediana da diferença", "Median of the difference";
    examples: "Ejemplos (eventos del registro)", "Exemplos (eventos do registro)", "Examples (events of the record)";
    kept: "Queda guardada: se ve junto a la propuesta de esta misma versión.", "Fica guardado: vê-se junto à proposta desta mesma versão.", "It is kept, and stands beside a proposal of this same version.";

    // Figures.
    figures_say: "Cada cifra es una suma de hechos. Lo que significa está a un clic.", "Cada número é uma soma de fatos. O que significa está a um clique.", "Each figure is a sum over facts. What it means is one click away.";
    no_figures: "Ninguna regla cuenta nada todavía.", "Nenhuma regra conta nada ainda.", "No rule counts anything yet.";
    last_days: "Últimos 7 días", "Últimos 7 dias", "Last 7 days";
    samples: "Muestras", "Amostras", "Samples";
    mean: "Media", "Média", "Mean";
    total: "Total", "Total", "Total";
    share: "Parte", "Parte", "Share";
    definition: "Cómo se cuenta", "Como se conta", "How it is counted";
    formula: "Fórmula", "Fórmula", "Formula";
    variant: "Variante", "Variante", "Variant";
    unit: "Unidad", "Unidade", "Unit";
    counted_by: "La cuenta la regla", "Quem conta é a regra", "Counted by the rule";
    counted_since: "Desde", "Desde", "Since";
    not_counted: "ya no se cuenta", "já não se conta", "not counted any more";
    dropped: "hechos sin contar porque la regla falló", "fatos sem contar porque a regra falhou", "facts not counted because the rule failed";
    series: "Serie", "Série", "Series";
    first_day: "Primer día", "Primeiro dia", "First day";
    last_day: "Último día", "Último dia", "Last day";
    every: "Cada", "Cada", "Every";
    day: "día", "dia", "day";
    each_hour: "hora", "hora", "hour";
    group_by: "Por", "Por", "By";
    together: "todo junto", "tudo junto", "all together";
    show: "Ver", "Ver", "Show";
    csv: "Descargar CSV", "Baixar CSV", "Download CSV";
    when: "Cuándo", "Quando", "When";
    nothing_counted: "No se contó nada en ese tiempo.", "Nada foi contado nesse tempo.", "Nothing was counted in that time.";
    in_zone: "Hora de", "Hora de", "Times of";
    own_only: "Usted ve lo suyo.", "Você vê o que é seu.", "You see what is yours.";

    // Approvals.
    nothing_pending: "Nada espera decisión.", "Nada espera decisão.", "Nothing waits for a decision.";
    change: "Cambio", "Mudança", "Change";
    proposed_by: "La propone", "Propõe", "Proposed by";
    waits_for: "Espera", "Espera", "Waits for";
    yours_to_decide: "le toca a usted", "cabe a você", "yours to decide";
    show_all: "Ver también las decididas", "Ver também as decididas", "Show decided ones too";
    show_pending: "Ver solo las pendientes", "Ver só as pendentes", "Show only pending ones";
    reason: "Motivo", "Motivo", "Reason";
    rows: "Filas de la matriz", "Linhas da matriz", "Rows of the matrix";
    content: "Qué cambia", "O que muda", "What changes";
    before: "Antes", "Antes", "Before";
    after: "Después", "Depois", "After";
    field: "Campo", "Campo", "Field";
    not_shown: "El contenido lo lee quien decide sobre él.", "O conteúdo é lido por quem decide sobre ele.", "Whoever decides on it reads the content.";
    evidence: "Evidencia: la última prueba con el pasado", "Evidência: o último teste com o passado", "Evidence: the last trial on the past";
    no_evidence: "Nadie la ha probado con el pasado.", "Ninguém testou com o passado.", "Nobody has tried it on the past.";
    judgements: "Lo que dicen las reglas que juzgan", "O que dizem as regras que julgam", "What the rules that judge say";
    heard: "Lo que se dijo", "O que se disse", "What was said";
    agrees: "de acuerdo", "de acordo", "agrees";
    objects: "en contra", "contra", "objects";
    signatures: "Firmas", "Assinaturas", "Signatures";
    demanded: "Lo que se pide", "O que se pede", "What is asked for";
    hash: "Se firma exactamente este contenido", "Assina-se exatamente este conteúdo", "What is signed is exactly this content";
    decide: "Decidir", "Decidir", "Decide";
    nothing_yours: "Aquí no hay nada que le toque decidir a usted.", "Aqui não há nada que caiba a você decidir.", "There is nothing here for you to decide.";
    sign: "Firmar", "Assinar", "Sign";
    reject: "Rechazar", "Rejeitar", "Reject";
    withdraw: "Retirarla", "Retirá-la", "Take it back";
    agree: "Estoy de acuerdo", "Estou de acordo", "I agree";
    object: "Estoy en contra", "Sou contra", "I object";
    force: "Pasar por encima (emergencia)", "Passar por cima (emergência)", "Go past the approvals (emergency)";
    review: "Revisar lo que se hizo de emergencia", "Revisar o que se fez em emergência", "Review what was done in an emergency";
    was_reviewed: "Lo revisó", "Revisado por", "Reviewed by";
    was_forced: "Se pasó por encima de las aprobaciones", "Passou-se por cima das aprovações", "Somebody went past the approvals";
    ratify: "Ratificar", "Ratificar", "Ratify";
    in_words: "En palabras (hace falta para rechazar, pasar por encima y revisar)", "Em palavras (necessário para rejeitar, passar por cima e revisar)", "In words (needed to reject, go past and review)";
}
