//! The words of the administration, and of whoever hands in plugins.

use super::Words;

words! {
    administration: "Administración", "Administração", "Administration";
    plugins: "Plugins", "Plugins", "Plugins";
    people: "Personas", "Pessoas", "People";
    matrix: "Matriz RACI", "Matriz RACI", "RACI matrix";
    company: "Números y colas", "Números e filas", "Numbers and queues";
    templates: "Plantillas", "Modelos", "Templates";
    campaigns: "Campañas", "Campanhas", "Campaigns";
    spending: "Gasto", "Gasto", "Spending";
    integrations: "Integraciones", "Integrações", "Integrations";
    audit: "Auditoría", "Auditoria", "Audit";
    health: "Salud", "Saúde", "Health";
    yes: "Sí", "Sim", "Yes";
    components: "Componentes", "Componentes", "Components";
    components_say: "De lo que están hechas las páginas: cada pieza una vez, con la clase que la hace y para qué es.", "De que são feitas as páginas: cada peça uma vez, com a classe que a faz e para que serve.", "What pages are made of: each part once, with the class that makes it and what it is for.";
    colours: "Colores", "Cores", "Colours";
    colours_say: "Cada uno dice algo, y ninguno lo dice solo: al lado hay siempre una palabra.", "Cada uma diz algo, e nenhuma diz sozinha: ao lado há sempre uma palavra.", "Each says something, and none says it alone: there is always a word beside it.";
    colour_ink: "lo que se lee", "o que se lê", "what is read";
    colour_dim: "lo que acompaña", "o que acompanha", "what goes along with it";
    colour_mark: "lo que se puede tocar, y dónde se está", "o que se pode tocar, e onde se está", "what can be pressed, and where one is";
    colour_good: "va bien", "vai bem", "it goes well";
    colour_risk: "hay que mirarlo", "é preciso olhar", "it wants to be looked at";
    colour_bad: "va mal, o no se deshace", "vai mal, ou não se desfaz", "it goes badly, or cannot be undone";
    colour_line: "separa", "separa", "it divides";
    colour_soft: "lo elegido", "o escolhido", "what is chosen";
    headings: "Textos", "Textos", "Texts";
    headings_say: "Un título por página y uno por tarjeta. Lo secundario va en gris.", "Um título por página e um por cartão. O secundário vai em cinza.", "One heading a page and one a card. What is secondary is grey.";
    buttons: "Botones", "Botões", "Buttons";
    buttons_say: "Uno principal por formulario. En rojo, lo que no se deshace o detiene a otros. Un interruptor dice cómo está.", "Um principal por formulário. Em vermelho, o que não se desfaz ou detém outros. Um interruptor diz como está.", "One main button a form. Red is what cannot be undone or stops others. A switch says how it is.";
    chips: "Estados", "Estados", "States";
    chips_say: "Una palabra sobre cómo está algo. El color la repite.", "Uma palavra sobre como algo está. A cor a repete.", "A word on how something is. The colour repeats it.";
    fields: "Campos", "Campos", "Fields";
    fields_say: "Cada campo tiene su nombre encima y, si hace falta, para qué es. Lo que falla lo dice el anfitrión, con el nombre del campo.", "Cada campo tem seu nome acima e, se preciso, para que serve. O que falha diz o anfitrião, com o nome do campo.", "Each field has its name above it and, where that helps, what it is for. What is wrong the host says, with the field's name.";
    tables: "Tablas", "Tabelas", "Tables";
    tables_say: "Las cantidades a la derecha, las horas sin partir. En un teléfono se desliza la tabla y no la página.", "As quantidades à direita, as horas sem quebra. No telefone desliza a tabela e não a página.", "Amounts to the right, times unbroken. On a phone the table slides and not the page.";
    fact_lists: "Datos", "Dados", "Facts";
    fact_lists_say: "Lo que se sabe de una sola cosa.", "O que se sabe de uma só coisa.", "What is known of one thing.";
    measures: "Medidas", "Medidas", "Measures";
    measures_say: "Cuánto de cuánto, siempre con el número al lado.", "Quanto de quanto, sempre com o número ao lado.", "How much of how much, always with the number beside it.";
    nothings: "Nada", "Nada", "Nothing";
    nothings_say: "Una lista vacía dice que lo está.", "Uma lista vazia diz que está vazia.", "An empty list says that it is.";
    dialogs: "Diálogos", "Diálogos", "Dialogs";
    dialogs_say: "Para lo que hay que pensar antes de hacerlo. Escape lo cierra y nada cambia.", "Para o que é preciso pensar antes de fazer. Escape o fecha e nada muda.", "For what is to be thought about before it is done. Escape shuts it and nothing changes.";

    // Plugins.
    hand_in: "Subir un plugin", "Enviar um plugin", "Hand in a plugin";
    hand_in_says: "Un componente WebAssembly, como lo deja «timonel plugin build». Se revisa y se guarda; no hace nada hasta que se firme una regla con él.",
        "Um componente WebAssembly, como o deixa «timonel plugin build». É revisado e guardado; não faz nada até que se assine uma regra com ele.",
        "A WebAssembly component, as “timonel plugin build” leaves it. It is checked and kept; it does nothing until a rule with it is signed.";
    drop_here: "Suelte aquí el archivo .wasm", "Solte aqui o arquivo .wasm", "Drop the .wasm file here";
    or_choose: "o elíjalo:", "ou escolha-o:", "or choose it:";
    hand_in_button: "Subir", "Enviar", "Hand in";
    sending_bytes: "Subiendo", "Enviando", "Sending";
    checking: "Llegó. Timonel lo revisa, lo compila y lo prueba; un plugin con intérprete puede tardar un minuto.",
        "Chegou. Timonel o revisa, compila e testa; um plugin com intérprete pode demorar um minuto.",
        "It is here. Timonel checks, compiles and tries it; a plugin with an interpreter may take a minute.";
    handed_in: "Plugins subidos", "Plugins enviados", "Plugins that were handed in";
    own_plugins: "Sus plugins", "Seus plugins", "Your plugins";
    none_handed_in: "Nadie ha subido ninguno.", "Ninguém enviou nenhum.", "Nobody has handed one in.";
    kind: "Qué decide", "O que decide", "What it decides";
    signature: "Firma del autor", "Assinatura do autor", "The author's signature";
    handed_in_by: "Lo subió", "Enviou", "Handed in by";
    rules_with_it: "Reglas que lo usan", "Regras que o usam", "Rules that use it";
    reference: "Plugins de Timonel", "Plugins do Timonel", "Plugins of Timonel";
    reference_says: "Vienen con el programa, a la misma altura que los demás.", "Vêm com o programa, no mesmo nível dos demais.", "They come with the program, and may no more than others.";
    of_the_host: "viene con Timonel", "vem com o Timonel", "it comes with Timonel";
    authors: "Autores conocidos", "Autores conhecidos", "Known authors";
    authors_say: "Conocer una llave no deja correr nada: dice a quien firma de quién es lo que firma.", "Conhecer uma chave não deixa nada rodar: diz a quem assina de quem é o que assina.", "Knowing a key lets nothing run: it tells whoever signs whose it is what they sign.";
    author: "Autor", "Autor", "Author";
    key: "Llave", "Chave", "Key";
    whose_it_is: "De quién es", "De quem é", "Whose it is";
    register_author: "Registrar la llave de un autor", "Registrar a chave de um autor", "Register an author's key";
    revoke: "Revocar la llave", "Revogar a chave", "Revoke the key";
    revoke_says: "Toda regla firmada con ella se detiene al instante, y ninguna vuelve a empezar.", "Toda regra assinada com ela para na hora, e nenhuma recomeça.", "Every rule that was signed with it stops at once, and none begins again.";
    revoked: "revocada", "revogada", "revoked";
    unsigned: "sin firma", "sem assinatura", "not signed";
    signed_by: "firmado por", "assinado por", "signed by";
    signature_unknown: "con una firma que nadie registró", "com uma assinatura que ninguém registrou", "with a signature that nobody registered";
    signature_revoked: "con una llave revocada", "com uma chave revogada", "with a revoked key";
    no_plugin: "No hay ningún plugin con ese nombre, o no es suyo.", "Não há nenhum plugin com esse nome, ou não é seu.", "There is no such plugin, or it is not yours.";
    kind_routing: "enruta", "roteia", "routes";
    kind_responding: "responde", "responde", "answers";
    kind_following: "sigue casos", "acompanha casos", "follows cases";
    kind_approving: "juzga propuestas", "julga propostas", "judges proposals";
    kind_measuring: "cuenta", "conta", "counts";
    kind_alerting: "vigila cifras", "vigia números", "watches figures";

    // The permission sheet.
    component: "Componente (SHA-256)", "Componente (SHA-256)", "Component (SHA-256)";
    size: "Tamaño", "Tamanho", "Size";
    checks: "Revisiones", "Revisões", "Checks";
    check_contract: "Es un componente del contrato, y no pide nada que Timonel no tenga: ni reloj, ni red, ni archivos.", "É um componente do contrato, e não pede nada que o Timonel não tenha: nem relógio, nem rede, nem arquivos.", "It is a component of the contract and asks for nothing that Timonel does not have: no clock, no network, no files.";
    check_compiled: "Compiló, dentro de los límites, en", "Compilou, dentro dos limites, em", "It compiled, within the limits, in";
    check_example: "Se probó sin ningún cliente: dice quién es y acepta su propio ejemplo de ajustes.", "Foi testado sem nenhum cliente: diz quem é e aceita seu próprio exemplo de ajustes.", "It was tried without any customer: it says who it is and takes its own example of settings.";
    asks: "Qué pide", "O que pede", "What it asks for";
    may_do: "La regla podría", "A regra poderia", "The rule could";
    asks_nothing_else: "Lo que no está aquí no existe para el plugin.", "O que não está aqui não existe para o plugin.", "What is not here does not exist for the plugin.";
    decides_routing: "decidir a qué cola va un caso", "decidir para qual fila vai um caso", "decide to which queue a case goes";
    decides_responding: "atender al cliente mientras ninguna persona lo hace", "atender o cliente enquanto nenhuma pessoa o faz", "attend the customer while no person does";
    decides_following: "seguir un caso a lo largo del tiempo", "acompanhar um caso ao longo do tempo", "follow a case as time goes by";
    decides_approving: "juzgar lo que se propone", "julgar o que se propõe", "judge what is proposed";
    decides_measuring: "contar lo que pasó, sin saber de quién", "contar o que aconteceu, sem saber de quem", "count what happened, not knowing of whom";
    decides_alerting: "avisar cuando una cifra va mal", "avisar quando um número vai mal", "say when a figure goes badly";
    who_signs: "Quién tiene que firmar", "Quem tem que assinar", "Who has to sign";
    answers: "Responde por ella (A)", "Responde por ela (A)", "Answers for it (A)";
    nobody_answers: "nadie: falta una A en la matriz", "ninguém: falta um A na matriz", "nobody: the matrix lacks an A";
    author_never_alone: "Quien la propone no firma lo suyo. En sombra basta con las filas de lo que lee.", "Quem propõe não assina o que é seu. Na sombra bastam as linhas do que lê.", "Whoever proposes it does not sign their own. In the shadow the rows of what it reads are enough.";
    runs_nowhere: "Ninguna regla lo usa.", "Nenhuma regra o usa.", "No rule uses it.";
    rule: "Regla", "Regra", "Rule";
    asked_hour: "Preguntas (1 h)", "Perguntas (1 h)", "Asked (1 h)";
    decided_hour: "Decisiones (1 h)", "Decisões (1 h)", "Decided (1 h)";
    failed_hour: "Fallas (1 h)", "Falhas (1 h)", "Failed (1 h)";
    spent_month: "Gasto del mes", "Gasto do mês", "Spent this month";
    other_versions: "Otras versiones", "Outras versões", "Other versions";
    try_plugin: "Probarlo con una conversación inventada", "Testá-lo com uma conversa inventada", "Try it on an invented conversation";
    try_plugin_says: "El cliente no existe y nada se hace. Lee los ajustes del formulario de abajo; nadie está de turno.", "O cliente não existe e nada se faz. Lê os ajustes do formulário de baixo; ninguém está de turno.", "The customer does not exist, and nothing is done. It reads the settings of the form below; nobody is on shift.";
    invented_messages: "Lo que escribe el cliente, un mensaje por línea", "O que o cliente escreve, uma mensagem por linha", "What the customer writes, a message a line";
    wants: "Quiere", "Quer", "It wants";
    wants_nothing: "No quiere que se haga nada", "Não quer que se faça nada", "It wants nothing done";
    its_log: "Su traza", "Seu rastro", "Its log";
    called_functions: "Llamó", "Chamou", "It called";
    fuel: "Combustible", "Combustível", "Fuel";
    propose_rule: "Proponer una regla con este plugin", "Propor uma regra com este plugin", "Propose a rule with this plugin";
    propose_says: "Una regla que ya existe recibe otra versión. Nada cambia hasta que firmen los de arriba.", "Uma regra que já existe recebe outra versão. Nada muda até que assinem os de cima.", "A rule that is there gets another version. Nothing changes until those above have signed.";
    rule_name: "Nombre de la regla", "Nome da regra", "Name of the rule";
    begins_as: "Empieza", "Começa", "It begins";
    may_reach: "Se podrá mover hasta", "Poderá ser movida até", "It may be moved up to";
    settings_say: "Lo que ve en los campos es el ejemplo que trae el plugin, o lo que rige: cámbielo por lo suyo. Los campos son los que el plugin dice tener; lo que usted escriba se revisa al proponer. Un campo vacío queda por defecto.", "O que você vê nos campos é o exemplo que o plugin traz, ou o que vale: troque pelo seu. Os campos são os que o plugin diz ter; o que você escrever é revisado ao propor. Um campo vazio fica no padrão.", "What you see in the fields is the example that comes with the plugin, or what is in force: put in your own. The fields are those that the plugin says it has; what you fill in is looked at when you propose. An empty one keeps its default.";
    by_default: "por defecto", "padrão", "default";
    settings_whole: "Ajustes (JSON)", "Ajustes (JSON)", "Settings (JSON)";
    scope_says: "Sin marcar nada, para todos.", "Sem marcar nada, para todos.", "With nothing marked, for all.";
    languages: "Idiomas", "Idiomas", "Languages";
    judges: "Qué propuestas juzga", "Quais propostas julga", "Which proposals it judges";
    may_ask: "A dónde puede preguntar (JSON: to, methods, secrets)", "Aonde pode perguntar (JSON: to, methods, secrets)", "Where it may ask (JSON: to, methods, secrets)";
    may_send: "Qué plantillas puede enviar (nombres, con comas)", "Quais modelos pode enviar (nomes, com vírgulas)", "Which templates it may send (names, with commas)";
    reason_of_proposal: "Por qué (lo primero que lee quien firma)", "Por quê (a primeira coisa que quem assina lê)", "Why (who signs reads it first)";
    propose: "Proponer", "Propor", "Propose";

    // People.
    people_say: "Quién es cada quien, y cómo entra. Lo que alguien es lo cambia una propuesta.", "Quem é quem, e como entra. O que alguém é muda-se por uma proposta.", "Who is who, and how they come in. What somebody is, a proposal changes.";
    nobody_described: "La empresa no describe personas: solo puede la cuenta dueña de los datos, en la máquina.", "A empresa não descreve pessoas: só pode a conta dona dos dados, na máquina.", "The company describes no people: only the account that owns the data may, at the machine.";
    person: "Persona", "Pessoa", "Person";
    roles: "Roles", "Papéis", "Roles";
    standing: "Cómo está", "Como está", "How it stands";
    proves_by: "Prueba quién es con", "Prova quem é com", "Proves who they are by";
    last_sign_in: "Última entrada", "Última entrada", "Last sign-in";
    sessions: "Sesiones", "Sessões", "Sessions";
    tokens: "Tokens", "Tokens", "Tokens";
    external: "externo", "externo", "external";
    by_password: "contraseña", "senha", "password";
    by_provider: "proveedor de identidad", "provedor de identidade", "identity provider";
    by_second_factor: "segundo factor", "segundo fator", "second factor";
    has_left: "se fue", "saiu", "has left";
    is_program: "programa", "programa", "program";
    lacks_second_factor: "le falta el segundo factor", "falta o segundo fator", "lacks the second factor";
    can_sign_in: "puede entrar", "pode entrar", "can sign in";
    invited_until: "con invitación hasta", "com convite até", "invited until";
    never_invited: "sin invitación", "sem convite", "not invited";
    name_in_matrix: "Nombre en la matriz", "Nome na matriz", "Name in the matrix";
    reaches: "Hasta dónde llega", "Até onde chega", "How far they reach";
    answers_for_it: "Quién responde por él", "Quem responde por ele", "Who answers for it";
    no_sessions: "No tiene ninguna sesión abierta.", "Não tem nenhuma sessão aberta.", "No session is open.";
    device: "En qué", "Em quê", "On what";
    used: "Usada", "Usada", "Used";
    in_two_places: "en dos lugares a la vez", "em dois lugares ao mesmo tempo", "in two places at once";
    change_access: "Su acceso", "Seu acesso", "Their access";
    program_has_tokens: "Un programa entra con tokens, que emite quien responde por él.", "Um programa entra com tokens, emitidos por quem responde por ele.", "A program comes in by tokens, which whoever answers for it issues.";
    return_to_work: "Volvió", "Voltou", "They are back";
    return_to_work_says: "Nada suyo vale. Si vuelve, se le puede invitar de nuevo.", "Nada seu vale. Se voltar, pode ser convidado de novo.", "Nothing of theirs counts. If they are back, they can be invited again.";
    invite: "Invitar", "Convidar", "Invite";
    invite_says: "Hace un enlace con el que pone su contraseña, una vez, dentro de una hora. Se ve solo ahora: mándelo por donde solo esa persona lo lea.",
        "Cria um link com o qual define sua senha, uma vez, dentro de uma hora. Vê-se só agora: envie por onde só essa pessoa leia.",
        "Makes a link with which they set a password, once, within an hour. It is shown only now: send it where they alone read it.";
    sign_out_everywhere: "Cerrar sus sesiones y tokens", "Encerrar suas sessões e tokens", "End their sessions and tokens";
    unbind: "Olvidar su cuenta del proveedor", "Esquecer sua conta do provedor", "Forget their provider account";
    was_invited: "invitada", "convidada", "invited";
    let_go: "Ya no trabaja aquí", "Não trabalha mais aqui", "They work here no more";
    let_go_says: "Desde ya no entra, sus tokens y delegaciones no valen, y sus casos abiertos esperan en sus colas. Lo que firmó sigue en pie, marcado para que alguien lo ratifique.",
        "Desde já não entra, seus tokens e delegações não valem, e seus casos abertos esperam nas filas. O que assinou continua de pé, marcado para que alguém ratifique.",
        "From now on they do not come in, their tokens and delegations do not count, and their open cases wait in their queues. What they signed stands, marked for somebody to ratify.";

    // The matrix.
    matrix_says: "Lo que se puede hacer pertenece a filas; nada más permite nada.", "O que se pode fazer pertence a linhas; nada mais permite nada.", "Whatever can be done belongs to rows; nothing else permits anything.";
    all_is_well: "Todo está en orden.", "Está tudo em ordem.", "All is well.";
    mistake: "error", "erro", "error";
    caution: "aviso", "aviso", "warning";
    who_does_what: "Quién hace qué", "Quem faz o quê", "Who does what";
    task: "Tarea", "Tarefa", "Task";
    row_is_ours: "nuestra", "nossa", "ours";
    row_is_company: "de la empresa", "da empresa", "the company's";
    cell_is_ours: "esta letra es nuestra", "esta letra é nossa", "this letter is ours";
    letters_mean: "R hace · A responde y tiene la última palabra (y también puede hacer) · C es consultado · I es informado · * es nuestro y no de la matriz dada. Una fila «nuestra» la trae Timonel; una «de la empresa» la escribió ella.",
        "R faz · A responde e tem a última palavra (e também pode fazer) · C é consultado · I é informado · * é nosso e não da matriz dada. Uma linha «nossa» vem com o Timonel; uma «da empresa» ela escreveu.",
        "R does · A answers and has the last word (and may do it too) · C is consulted · I is informed · * is ours and not of the given matrix. A row that is “ours” comes with Timonel; one that is “the company's” it wrote itself.";
    change_files: "Cambiar esto", "Mudar isto", "Changing this";
    files_wait: "Está en los archivos de la empresa. Lo que se guarda allí es un borrador: proponga lo que hay, y rige cuando lo firmen.",
        "Está nos arquivos da empresa. O que se salva ali é um rascunho: proponha o que há, e vale quando assinarem.",
        "It stands in the company's files. What is saved there is a draft: propose what lies there, and it is in force when it is signed.";
    propose_files: "Proponer lo que está guardado", "Propor o que está salvo", "Propose what is saved";
    files_count_at_once: "Lo que se cambia en estas páginas lo firma quien responde por ello. Lo que alguien guarda en los archivos de la empresa rige un segundo después; con «files = \"when-approved\"» también haría falta que otros firmen.",
        "O que se muda nestas páginas é assinado por quem responde por isso. O que alguém salva nos arquivos da empresa vale um segundo depois; com «files = \"when-approved\"» também seria preciso que outros assinem.",
        "What is changed on these pages is signed by whoever answers for it. What somebody saves in the company's files is in force a second later; with “files = \"when-approved\"” others would have to sign that, too.";

    // An entry of it that is wanted otherwise.
    add: "Agregar", "Adicionar", "Add";
    add_hours: "Agregar un horario", "Adicionar um horário", "Add hours";
    alter: "Cambiar", "Mudar", "Change";
    back: "Volver", "Voltar", "Back";
    entry_says: "Lo que cambie aquí es una propuesta: rige cuando la firme quien responde por ello. Un campo vacío dice que no hay nada.",
        "O que você mudar aqui é uma proposta: vale quando assinar quem responde por isso. Um campo vazio diz que não há nada.",
        "What you change here is a proposal: it is in force when whoever answers for it has signed. An empty field says that there is nothing.";
    short_name: "Nombre corto", "Nome curto", "Short name";
    short_name_says: "como ventas; no cambia nunca", "como vendas; não muda nunca", "as sales; it never changes";
    short_name_of_somebody: "como andrea; el mismo en Personas y en Agentes", "como andrea; o mesmo em Pessoas e em Agentes", "as andrea; the same in People and in Agents";
    short_name_of_number: "el id de Meta (phone_number_id)", "o id da Meta (phone_number_id)", "Meta's id (phone_number_id)";
    propose_it: "Proponer el cambio", "Propor a mudança", "Propose the change";
    take_away: "Quitar", "Retirar", "Take away";
    take_away_says: "Se propone que ya no esté. Lo que todavía lo nombra lo impide, y se dice qué es.", "Propõe-se que já não esteja. O que ainda o nomeia impede, e se diz o que é.", "It is proposed that it be no more. What still names it prevents that, and it is said what.";
    in_minutes: "en minutos", "em minutos", "in minutes";
    percent_of_it: "% del plazo", "% do prazo", "% of the time";
    risk_from: "En riesgo desde", "Em risco a partir de", "At risk from";
    meanwhile: "Qué pasa mientras se acaba el plazo", "O que acontece enquanto o prazo acaba", "What happens as the time runs out";
    step_at: "A qué % del plazo", "A que % do prazo", "At which % of it";
    step_to: "Pasa a la cola", "Passa à fila", "It goes to";
    step_tells: "Se avisa a quien vigila el servicio", "Avisa-se a quem vigia o serviço", "Whoever watches the service is told";
    step_without_at: "Un paso no dice a qué % del plazo: escríbalo o vacíe la fila.", "Um passo não diz a que % do prazo: escreva ou esvazie a linha.", "A step does not say at which % of the time: write it or empty the row.";
    steps_without_times: "Hay pasos y ningún plazo: escriba en cuántos minutos se promete responder.", "Há passos e nenhum prazo: escreva em quantos minutos se promete responder.", "There are steps and no time: write within how many minutes an answer is promised.";
    template_is_gone: "La plantilla de este borrador ya no se ofrece: escoja otra.", "O modelo deste rascunho já não se oferece: escolha outro.", "The template of this draft is not offered any more: choose another one.";
    divided_by_commas: "separados por comas", "separados por vírgulas", "divided by commas";
    skills: "Habilidades", "Habilidades", "Skills";
    capacity: "Casos a la vez", "Casos ao mesmo tempo", "Cases at once";
    blocks_like: "08:00-12:30, 13:30-18:00; vacío: cerrado", "08:00-12:30, 13:30-18:00; vazio: fechado", "08:00-12:30, 13:30-18:00; empty: closed";
    days_like: "uno por línea: 24/12/2026: 08:00-14:00; sin horas, cerrado", "um por linha: 24/12/2026: 08:00-14:00; sem horas, fechado", "one a line: 2026-12-24: 08:00-14:00; closed without hours";
    endings_like: "uno por línea; varios juntos: Ventas: venta, cotizacion-enviada", "um por linha; vários juntos: Vendas: venda, orcamento-enviado", "one a line; several together: Sales: sale, quote-sent";
    works_elsewhere: "Trabaja para otra empresa (solo llega a su alcance)", "Trabalha para outra empresa (só chega ao seu alcance)", "Works for another company (reaches their scope alone)";
    reaches_numbers: "Solo estos números", "Só estes números", "These numbers alone";
    reaches_queues: "Solo estas colas", "Só estas filas", "These queues alone";
    reaches_team: "Solo estos agentes", "Só estes agentes", "These agents alone";
    account_of_machine: "Cuenta en la máquina de Timonel", "Conta na máquina do Timonel", "Account on the machine of Timonel";
    identity_of: "Nombre en el proveedor de identidad", "Nome no provedor de identidade", "Name at the identity provider";

    // The company.
    numbers: "números", "números", "numbers";
    any_number: "La empresa no nombra números: es suyo cualquiera que Meta nombre.", "A empresa não nomeia números: é seu qualquer um que a Meta nomeie.", "The company names no numbers: whichever Meta names is one of them.";
    written_as: "Se escribe", "Escreve-se", "Written as";
    meta_id: "Id de Meta", "Id da Meta", "Meta's id";
    default_queue: "Cola si ninguna regla decide", "Fila se nenhuma regra decide", "Queue if no rule decides";
    hours: "Horario", "Horário", "Hours";
    throughput: "Mensajes por segundo", "Mensagens por segundo", "Messages a second";
    as_meta_says: "lo que diga Meta", "o que a Meta disser", "as Meta says";
    always_open: "siempre abierta", "sempre aberta", "always open";
    open_now: "abierto", "aberto", "open";
    closed: "cerrado", "fechado", "closed";
    changes_at: "Cambia:", "Muda:", "It changes:";
    promises: "Lo que promete", "O que promete", "What it promises";
    first_response: "Primera respuesta en", "Primeira resposta em", "First answer within";
    next_response: "Las siguientes en", "As seguintes em", "Later ones within";
    tells: "se avisa a quien vigila el servicio", "avisa-se a quem vigia o serviço", "whoever watches the service is told";
    rescue: "Se rescata el caso si no responden en", "O caso é resgatado se não respondem em", "A case is taken back if unanswered for";
    policies: "Lo que se promete y lo que se limita", "O que se promete e o que se limita", "What is promised and what is bounded";
    automatic_limit: "Mensajes automáticos por hora, como mucho", "Mensagens automáticas por hora, no máximo", "Automatic messages within an hour, at most";
    mass_threshold: "Desde cuántos de una plantilla por hora hacen falta firmas", "A partir de quantos de um modelo por hora são precisas assinaturas", "From how many of one template an hour others have to sign";
    closing_codes: "Códigos de cierre", "Códigos de encerramento", "Closing codes";
    pause_codes: "Códigos de pausa", "Códigos de pausa", "Break codes";
    zone: "Zona horaria", "Fuso horário", "Time zone";
    special_days: "Días especiales y feriados", "Dias especiais e feriados", "Special days and holidays";
    holidays: "Feriados de cada año", "Feriados de cada ano", "Holidays of every year";

    // Templates.
    template: "Plantilla", "Modelo", "Template";
    look_at_account: "Mirar la cuenta de Meta ahora", "Ver a conta da Meta agora", "Look at Meta's account now";
    no_templates: "No se conoce ninguna plantilla.", "Não se conhece nenhum modelo.", "No template is known.";
    status_of_meta: "Estado en Meta", "Estado na Meta", "Meta's status";
    category: "Categoría", "Categoria", "Category";
    quality: "Calidad", "Qualidade", "Quality";
    words_of_it: "Qué dice", "O que diz", "What it says";
    not_offered: "No se ofrece", "Não se oferece", "Not offered";
    delete: "Borrar", "Apagar", "Delete";
    delete_says: "Otra persona tiene que firmarlo. Meta no deja usar el nombre de nuevo en treinta días.", "Outra pessoa tem que assinar. A Meta não deixa usar o nome de novo por trinta dias.", "Somebody else has to sign it. Meta does not take the name again for thirty days.";
    new_template: "Proponer una plantilla", "Propor um modelo", "Propose a template";
    new_template_says: "Se manda a Meta cuando otra persona lo firme; Meta la revisa después.", "Vai para a Meta quando outra pessoa assinar; a Meta revisa depois.", "It goes to Meta when somebody else has signed; Meta looks at it then.";
    wanted_templates: "Cambios en camino", "Mudanças a caminho", "Changes on their way";
    template_name_says: "minúsculas, números y _", "minúsculas, números e _", "small letters, digits and _";
    an_example_each: "Hace falta un ejemplo por cada hueco, separados por |. Huecos y ejemplos:", "É preciso um exemplo para cada lacuna, separado por |. Lacunas e exemplos:", "An example for each gap is needed, divided by |. Gaps and examples:";
    word_it_anew: "Cambiar las palabras", "Mudar as palavras", "Word it anew";
    for_instance_moved: "movió una regla", "moveu uma regra", "moved a rule";
    was_refused: "no se le dejó", "não lhe foi permitido", "not let";
    counted_then: "La lista es la de cuando se propuso. A quien ya no se le pueda enviar cuando salga, se le deja fuera.", "A lista é a de quando foi proposta. Quem já não puder receber quando sair fica de fora.", "The list is that of when it was proposed. Whoever may not be sent to by the time it leaves is left out.";
    rehearsal: "ENSAYO: este reloj no es la hora real; empezó a andar en", "ENSAIO: este relógio não é a hora real; começou a andar em", "A REHEARSAL: this clock is not the real time; it was started at";
    no_account: "Ningún número dice a qué cuenta (waba) pertenece.", "Nenhum número diz a que conta (waba) pertence.", "No number says which account (waba) it belongs to.";
    edit: "Editar", "Editar", "Edit";
    account: "Cuenta (WABA)", "Conta (WABA)", "Account (WABA)";
    name: "Nombre", "Nome", "Name";
    body: "Texto; los huecos son {{1}}, {{2}} …", "Texto; as lacunas são {{1}}, {{2}} …", "Words; gaps are {{1}}, {{2}} …";
    heading: "Título de arriba (si lleva)", "Título acima (se houver)", "Heading (if any)";
    heading_example: "Ejemplo de su hueco (si tiene {{1}})", "Exemplo da lacuna (se tiver {{1}})", "Example of its gap (if it has {{1}})";
    footer: "Pie (si lleva)", "Rodapé (se houver)", "Footer (if any)";
    reply_buttons: "Botones para responder, separados por |", "Botões de resposta, separados por |", "Buttons to answer with, separated by |";
    link_button: "Botón con enlace (si lleva)", "Botão com link (se houver)", "Button with a link (if any)";
    link_address: "A dónde lleva; {{1}} al final si es de cada cliente", "Aonde leva; {{1}} no fim se for de cada cliente", "Where it leads; {{1}} at its end if it is each customer's own";
    link_example: "Un ejemplo completo de ese enlace (si tiene {{1}})", "Um exemplo completo desse link (se tiver {{1}})", "A whole example of that link (if it has {{1}})";
    body_examples: "Un ejemplo de cada hueco, separados por |", "Um exemplo de cada lacuna, separados por |", "An example of each gap, separated by |";

    // Campaigns.
    campaign: "Campaña", "Campanha", "Campaign";
    no_campaigns: "No hay ninguna campaña.", "Não há nenhuma campanha.", "There is no campaign.";
    contacts: "Contactos", "Contatos", "Contacts";
    messages: "Mensajes", "Mensagens", "Messages";
    drafted_by: "La preparó", "Preparou", "Drafted by";
    place_queued: "en espera", "na espera", "queued";
    place_sent: "enviados", "enviadas", "sent";
    place_delivered: "entregados", "entregues", "delivered";
    place_read: "leídos", "lidas", "read";
    place_withheld: "retenidos", "retidas", "withheld";
    draft_campaign: "Preparar una campaña", "Preparar uma campanha", "Draft a campaign";
    draft_campaign_says: "Es un borrador: no sale nada hasta que otros firmen exactamente a quién va y qué dice.", "É um rascunho: nada sai até que outros assinem exatamente para quem vai e o que diz.", "It is a draft: nothing leaves until others have signed exactly whom it goes to and what it says.";
    no_offered_template: "Hace falta un número y una plantilla que Meta deje enviar.", "É preciso um número e um modelo que a Meta deixe enviar.", "It takes a number, and a template that Meta lets be sent.";
    sent_from: "Desde qué número", "De qual número", "From which number";
    per_hour: "Mensajes por hora, como mucho", "Mensagens por hora, no máximo", "Messages an hour, at most";
    body_values: "Qué va en cada hueco: {name|cliente} es el nombre de cada uno, o «cliente» si no se sabe.", "O que vai em cada lacuna: {name|cliente} é o nome de cada um, ou «cliente» se não se sabe.", "What goes into each gap: {name|customer} is the name of each, or “customer” if it is not known.";
    gap: "Hueco", "Lacuna", "Gap";
    above_image: "Dirección de la imagen de arriba", "Endereço da imagem acima", "Address of the picture above";
    above_video: "Dirección del video de arriba", "Endereço do vídeo acima", "Address of the film above";
    above_document: "Dirección del documento de arriba", "Endereço do documento acima", "Address of the document above";
    name_of_document: "Cómo se llama el documento", "Como se chama o documento", "What the document is called";
    name_of_place: "Nombre del lugar", "Nome do lugar", "Name of the place";
    address_of_place: "Dirección del lugar", "Endereço do lugar", "Address of the place";
    latitude: "Latitud", "Latitude", "Latitude";
    longitude: "Longitud", "Longitude", "Longitude";
    end_of_link: "Fin del enlace de", "Fim do link de", "End of the link of";
    code_of: "Código de", "Código de", "Code of";
    opted_in: "Que aceptaron", "Que aceitaram", "Who opted in to";
    change_draft: "Cambiar el borrador", "Mudar o rascunho", "Change the draft";
    discard: "Descartar el borrador", "Descartar o rascunho", "Let the draft be";
    discard_says: "No se envía. Queda en la lista como descartada.", "Não é enviada. Fica na lista como descartada.", "It is not sent. It stays in the list as let be.";
    fits_nobody: "Nadie cumple lo que se pide: revise la etiqueta, los idiomas y el consentimiento.", "Ninguém cumpre o que se pede: reveja a etiqueta, os idiomas e o consentimento.", "Nobody is as it asks for: look at the tag, the languages and the consent.";
    save_draft: "Guardar el borrador", "Salvar o rascunho", "Save the draft";
    stop_campaign: "Detener la campaña", "Parar a campanha", "Stop the campaign";
    stop_campaign_says: "Nada más de ella sale; lo que estaba en espera se retira.", "Nada mais dela sai; o que estava na espera é retirado.", "Nothing more of it leaves; what was queued is taken back.";
    plan: "Qué se quiere", "O que se quer", "What is wanted";
    before_it_leaves: "Antes de que salga", "Antes que saia", "Before it leaves";
    estimate: "Ver a quién llegaría y cuánto costaría", "Ver a quem chegaria e quanto custaria", "See whom it would reach and what it would cost";
    as_customers_read: "Así lo leen los clientes", "Assim os clientes leem", "What customers read";
    edited_by_api: "Se edita por el API", "Edita-se pelo API", "Edited by the API";
    agents_without: "Agentes que la empresa nombra y la matriz no describe (nadie puede entrar como ellos hasta que estén en su archivo):", "Agentes que a empresa nomeia e a matriz não descreve (ninguém pode entrar como eles até que estejam no arquivo):", "Agents whom the company names and the matrix does not describe (nobody can sign in as them until they stand in its file):";
    unpriced: "no se sabe: la empresa no tiene tabla de precios (prices)", "não se sabe: a empresa não tem tabela de preços (prices)", "not known: the company has no table of prices (prices)";
    would_cost: "Costaría", "Custaria", "It would cost";
    left_out: "Se quedan fuera", "Ficam de fora", "Left out";
    campaign_proposal_says: "Se fija la lista y se pide la firma de exactamente eso.", "Fixa-se a lista e pede-se a assinatura de exatamente isso.", "The list is fixed, and others are asked to sign exactly that.";

    // Spending.
    spent_in: "Gasto de", "Gasto de", "Spent in";
    month: "Mes", "Mês", "Month";
    no_prices: "La empresa no tiene tabla de precios, así que no se cuenta ningún gasto.", "A empresa não tem tabela de preços, então não se conta nenhum gasto.", "The company has no table of prices, so no spending is counted.";
    spending_says: "Lo que Meta cobró; de lo que aún no dijo, lo que dice la tabla de precios. En el tope se detienen las reglas, no las personas.", "O que a Meta cobrou; do que ainda não disse, o que diz a tabela de preços. No teto param as regras, não as pessoas.", "What Meta charged; of what it has not told yet, what the table of prices says. At a cap rules stop, and people do not.";
    by_number: "Por número", "Por número", "By number";
    by_rule: "Por regla", "Por regra", "By rule";
    nothing_spent: "Nada en este mes.", "Nada neste mês.", "Nothing in this month.";
    kind_of_message: "Qué mensajes", "Que mensagens", "Which messages";
    paid: "Pagados", "Pagas", "Paid";
    free: "Gratis", "Grátis", "Free";
    amount: "Monto", "Valor", "Amount";
    cap: "Tope", "Teto", "Cap";
    billed_service: "respuestas", "respostas", "answers";
    billed_other: "otros", "outros", "others";

    // Integrations.
    is_set: "está", "está", "set";
    there_is_none: "no hay", "não há", "there is none";
    is_not_set: "falta", "falta", "not set";
    app_secret: "Secreto de la aplicación de Meta", "Segredo do aplicativo da Meta", "Secret of Meta's app";
    verify_token: "Token de verificación del webhook", "Token de verificação do webhook", "The webhook's verify token";
    not_understood: "De Meta, sin entender (por campo)", "Da Meta, sem entender (por campo)", "From Meta, not understood (by field)";
    requests_of_rules: "Lo que las reglas pueden preguntar", "O que as regras podem perguntar", "What rules may ask";
    per_minute: "Pedidos por minuto de una regla", "Pedidos por minuto de uma regra", "Requests of a rule in a minute";
    at_once_requests: "A la vez", "Ao mesmo tempo", "At once";
    allowed_networks: "Redes propias permitidas", "Redes próprias permitidas", "Networks of your own that may be reached";
    secrets: "Secretos", "Segredos", "Secrets";
    secrets_say: "El valor no está en ninguna página: lo pone el host al conectarse, y solo hacia donde dice aquí.", "O valor não está em nenhuma página: o host o põe ao conectar, e só para onde diz aqui.", "The value is in no page: the host puts it in where the connection is made, and only to where it says here.";
    lies: "Dónde está el secreto", "Onde está o segredo", "Where the secret lies";
    in_environment: "en el entorno,", "no ambiente,", "in the environment,";
    in_file: "en el archivo", "no arquivo", "in the file";
    may_go_to: "A dónde puede ir", "Aonde pode ir", "Where it may go";
    asking_rules: "Reglas que preguntan a otros sistemas", "Regras que perguntam a outros sistemas", "Rules that ask other systems";
    no_asking_rules: "Ninguna regla en su alcance pregunta afuera.", "Nenhuma regra no seu alcance pergunta fora.", "No rule in your scope asks anything outside.";
    open_requests: "Sin respuesta", "Sem resposta", "Not answered";
    today: "Hoy", "Hoje", "Today";
    thirty_days: "En 30 días", "Em 30 dias", "Within 30 days";
    webhooks: "A quién se avisa", "A quem se avisa", "Who is told";
    webhooks_say: "Se firma lo que se manda, y nunca lleva lo que escribió un cliente.", "O que se manda é assinado, e nunca leva o que um cliente escreveu.", "What is sent is signed, and never holds what a customer wrote.";
    address: "Dirección", "Endereço", "Address";
    is_told: "Qué", "O quê", "What";

    // The audit.
    sign_now: "Firmar hasta aquí ahora", "Assinar até aqui agora", "Have it signed up to now";
    entries: "Entradas", "Entradas", "Entries";
    vouched_for: "Firmadas", "Assinadas", "Signed";
    first_entries: "las primeras", "as primeiras", "the first";
    signers_key: "Llave de quien firma", "Chave de quem assina", "The signer's key";
    why_unsigned: "Por qué no hay firma", "Por que não há assinatura", "Why it is not signed";
    nobody_signs: "Nadie firma este registro: falta «signer» en [audit].", "Ninguém assina este registro: falta «signer» em [audit].", "Nobody signs this record: “signer” is missing in [audit].";
    not_at: "No llegó a", "Não chegou a", "Not at";
    who_did_what: "Quién hizo qué", "Quem fez o quê", "Who did what";
    who_did: "Quién", "Quem", "Who";
    what_done: "Qué", "O quê", "What";
    about_what: "Sobre qué", "Sobre o quê", "About";
    no_entries: "Ninguna entrada así.", "Nenhuma entrada assim.", "No such entry.";
    entry: "N.º", "N.º", "No.";
    proof: "Prueba", "Prova", "Proof";
    older: "Anteriores", "Anteriores", "Older";

    // Health.
    takes_webhooks: "Recibe a Meta", "Recebe a Meta", "Takes in what Meta posts";
    sends: "Envía", "Envia", "Sends";
    behind: "Eventos por asentar", "Eventos por assentar", "Events not folded yet";
    events_in_journal: "Eventos en el diario", "Eventos no diário", "Events in the journal";
    generation: "Generación de reglas", "Geração de regras", "Generation of rules";
    program_version: "Versión", "Versão", "Version";
    hosts_clock: "Hora del host", "Hora do host", "The host's time";
    for_machines: "Para máquinas:", "Para máquinas:", "For machines:";
}
