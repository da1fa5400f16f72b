//! What people call the actions.

use super::action::Action;
use crate::law::language::Language;

impl Action {
    /// What it is, as one asks for it: `exportar los datos de un cliente`.
    pub fn words(self, language: Language) -> &'static str {
        #[rustfmt::skip] // A table is read in rows.
        let [es, pt, en] = match self {
            Self::ReceiveWebhooks => ["recibir avisos de Meta", "receber avisos da Meta", "take in what Meta posts"],
            Self::ReadHealth => ["mirar si Timonel funciona", "ver se o Timonel funciona", "look whether Timonel works"],
            Self::TryTheDemo => ["probar la demostración", "experimentar a demonstração", "try the demo"],
            Self::SignIn => ["iniciar sesión", "entrar", "sign in"],
            Self::ReadApi => ["leer la página de la API", "ler a página da API", "read the page of the API"],
            Self::SeeOneself => ["ver quién es", "ver quem é", "see who they are"],
            Self::SecureOneself => ["cambiar su segundo factor", "mudar seu segundo fator", "change their second factor"],
            Self::KeepOwnAccess => ["cuidar su propio acceso", "cuidar do próprio acesso", "look after their own access"],
            Self::ReadAccess => ["ver quién puede entrar", "ver quem pode entrar", "see who can sign in"],
            Self::ChangeAccess => ["cambiar el acceso de alguien", "mudar o acesso de alguém", "change somebody's access"],
            Self::ReadProposals => ["leer las propuestas", "ler as propostas", "read the proposals"],
            Self::Propose => ["proponer un cambio", "propor uma mudança", "propose a change"],
            Self::DecideProposals => ["pronunciarse sobre una propuesta", "pronunciar-se sobre uma proposta", "say something of a proposal"],
            Self::ReadDelegations => ["ver las delegaciones", "ver as delegações", "see the delegations"],
            Self::DelegateWord => ["delegar su palabra", "delegar sua palavra", "lend their word"],
            Self::ReadInbox => ["leer sus avisos", "ler seus avisos", "read their notices"],
            Self::ReadMatrix => ["leer la matriz", "ler a matriz", "read the matrix"],
            Self::ExplainDecisions => ["saber por qué se decidió algo", "saber por que algo foi decidido", "know why something was decided"],
            Self::ReadRules => ["mirar las reglas", "ver as regras", "look at the rules"],
            Self::ReadAuthors => ["ver los autores de componentes", "ver os autores de componentes", "see the authors of components"],
            Self::RegisterAuthor => ["registrar la clave de un autor", "registrar a chave de um autor", "register an author's key"],
            Self::RevokeAuthor => ["revocar la clave de un autor", "revogar a chave de um autor", "revoke an author's key"],
            Self::TryRules => ["probar una regla con lo pasado", "testar uma regra com o passado", "try a rule on the past"],
            Self::MoveRules => ["mover una regla", "mover uma regra", "move a rule"],
            Self::UploadPlugin => ["subir un componente", "enviar um componente", "upload a component"],
            Self::ReadPlugins => ["ver los componentes subidos", "ver os componentes enviados", "see the components that were uploaded"],
            Self::InspectPlugin => ["examinar un componente", "examinar um componente", "look at a component"],
            Self::ReadBoard => ["mirar el tablero", "ver o painel", "look at the board"],
            Self::ReadStatus => ["mirar el estado", "ver o estado", "look at the status"],
            Self::ReadFigures => ["ver los indicadores", "ver os indicadores", "see the figures"],
            Self::ReadStops => ["mirar qué no sale", "ver o que não sai", "look at what does not leave"],
            Self::PauseSending => ["detener los envíos", "parar os envios", "pause sending"],
            Self::ResumeSending => ["reanudar los envíos", "retomar os envios", "resume sending"],
            Self::ListConversations => ["mirar qué conversaciones esperan", "ver que conversas esperam", "look which conversations wait"],
            Self::ReadConversation => ["leer una conversación", "ler uma conversa", "read a conversation"],
            Self::AttendCase => ["atender un caso", "atender um caso", "attend a case"],
            Self::PassCaseOn => ["devolver, ofrecer o tomar un caso", "devolver, oferecer ou assumir um caso", "give back, offer or take over a case"],
            Self::NoteOnCase => ["dejar una nota a los colegas", "deixar uma nota aos colegas", "leave colleagues a note"],
            Self::MoveCase => ["mover un caso", "mover um caso", "move a case"],
            Self::ReadMoves => ["leer los movimientos de casos", "ler os movimentos de casos", "read the moves of cases"],
            Self::MoveCases => ["mover muchos casos", "mover muitos casos", "move many cases"],
            Self::KeepPresence => ["decir si está disponible", "dizer se está disponível", "say whether one is available"],
            Self::ReadMedium => ["abrir un archivo de un cliente", "abrir um arquivo de um cliente", "open a customer's file"],
            Self::UploadMedium => ["subir un archivo para un cliente", "enviar um arquivo para um cliente", "upload a file for a customer"],
            Self::ReadTemplates => ["leer las plantillas", "ler os modelos", "read the templates"],
            Self::ChangeTemplates => ["cambiar las plantillas", "alterar os modelos", "change the templates"],
            Self::SendTemplate => ["enviar una plantilla a un cliente", "enviar um modelo a um cliente", "send a customer a template"],
            Self::ReadCampaigns => ["leer las campañas", "ler as campanhas", "read the campaigns"],
            Self::DraftCampaign => ["preparar una campaña", "preparar uma campanha", "draft a campaign"],
            Self::StopCampaign => ["detener una campaña", "parar uma campanha", "stop a campaign"],
            Self::FindContact => ["buscar a un cliente", "procurar um cliente", "look a customer up"],
            Self::ExportContact => ["exportar los datos de un cliente", "exportar os dados de um cliente", "export a customer's data"],
            Self::EraseContacts => ["suprimir datos de clientes", "eliminar dados de clientes", "erase customers' data"],
            Self::HoldContact => ["cambiar la retención de un cliente", "alterar a retenção de um cliente", "change the hold on a customer"],
            Self::RunHost => ["poner Timonel en marcha", "pôr o Timonel em marcha", "run Timonel"],
            Self::BackUp => ["copiar el diario o las llaves", "copiar o diário ou as chaves", "copy the journal or the keys"],
            Self::ReadNotices => ["leer los avisos de Meta", "ler os avisos da Meta", "read Meta's notices"],
            Self::ReadRequests => ["mirar qué consultan las reglas afuera", "ver o que as regras consultam fora", "see what rules ask outside"],
            Self::ReadAgain => ["hacer leer de nuevo lo no entendido", "mandar ler de novo o não entendido", "have what was not understood read again"],
            Self::ReadAudit => ["leer la auditoría", "ler a auditoria", "read the audit"],
            Self::ReadOwnRecord => ["leer su propio registro", "ler o próprio registro", "read their own record"],
            Self::ReadJournal => ["leer el diario", "ler o diário", "read the journal"],
            Self::VerifyJournal => ["revisar el diario", "verificar o diário", "check the journal"],
            Self::DeployRouting => ["poner una regla de enrutamiento", "pôr uma regra de roteamento", "deploy a routing rule"],
            Self::DeployResponding => ["poner una regla que responde", "pôr uma regra que responde", "deploy a rule that answers"],
            Self::JudgeCompany => ["dejar que una regla juzgue cambios de reglas y roles", "deixar uma regra julgar mudanças de regras e papéis", "let a rule judge changes of rules and roles"],
            Self::JudgeRules => ["dejar que una regla juzgue reglas", "deixar uma regra julgar regras", "let a rule judge rules"],
            Self::JudgeCampaigns => ["dejar que una regla juzgue campañas", "deixar uma regra julgar campanhas", "let a rule judge campaigns"],
            Self::JudgeMoves => ["dejar que una regla juzgue movimientos de casos", "deixar uma regra julgar movimentos de casos", "let a rule judge moves of cases"],
            Self::JudgeTemplates => ["dejar que una regla juzgue plantillas", "deixar uma regra julgar modelos", "let a rule judge templates"],
            Self::JudgeErasures => ["dejar que una regla juzgue supresiones", "deixar uma regra julgar eliminações", "let a rule judge erasures"],
            Self::JudgeExports => ["dejar que una regla juzgue exportaciones", "deixar uma regra julgar exportações", "let a rule judge exports"],
            Self::DeployMeasuring => ["poner una regla que mide o vigila indicadores", "pôr uma regra que mede ou vigia indicadores", "deploy a rule that measures, or watches figures"],
            Self::LetRuleAct => ["dejar que una regla actúe", "deixar uma regra agir", "let a rule act"],
            Self::LetRuleClose => ["dejar que una regla cierre casos", "deixar uma regra fechar casos", "let a rule close cases"],
            Self::LetRuleRead => ["dejar que una regla lea", "deixar uma regra ler", "let a rule read"],
            Self::LetRuleSeeTeam => ["dejar que una regla vea al equipo", "deixar uma regra ver a equipe", "let a rule see the team"],
            Self::LetRuleIdentify => ["dejar que una regla sepa quién es", "deixar uma regra saber quem é", "let a rule know who it is"],
            Self::LetRuleRequest => ["dejar que una regla consulte otros sistemas", "deixar uma regra consultar outros sistemas", "let a rule ask other systems"],
        };
        language.pick(es, pt, en)
    }

    /// The action of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.word() == word)
    }
}
