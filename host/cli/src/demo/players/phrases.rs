//! What agents say. They go by what the customer wrote, as people with a hundred conversations behind them do.

/// A subject: the words it is known by, what is said of it, and the code with which such a case is resolved.
pub(in crate::demo) struct Topic {
    words: &'static [&'static str],
    /// What is said at first.
    pub(in crate::demo) first: &'static [&'static str],
    /// What is said when the customer goes on.
    pub(in crate::demo) then: &'static [&'static str],
    /// How such a case ends.
    pub(in crate::demo) code: &'static str,
}

/// What an agent says in one language.
pub(in crate::demo) struct Phrases {
    topics: &'static [Topic],
    other: Topic,
    in_doubt: &'static [&'static str],
    thanks: &'static [&'static str],
    farewell: &'static [&'static str],
    introduction: fn(&str) -> String,
}

/// What a customer hears when a person introduces themselves.
pub(in crate::demo) const INTRODUCTIONS: [&str; 2] = ["le saluda ", "aqui é "];

const ES: Phrases = Phrases {
    topics: &[
        Topic {
            words: &["pedido", "et-", "despach", "no ha llegado", "bodega"],
            first: &[
                "Ya lo busco en el sistema, deme un momento.",
                "Lo veo: salió hoy de bodega y llega entre las 2 y las 5 de la tarde.",
            ],
            then: &[
                "Claro que sí, ya le dejé la nota al conductor y le escribimos media hora antes.",
                "Tiene razón, disculpe. Le puse prioridad y yo le sigo el rastro.",
            ],
            code: "pedido-informado",
        },
        Topic {
            words: &["factura", "nit", "boleta", "rut"],
            first: &["Con gusto le envío la factura. ¿Me confirma el NIT o el RUT y el nombre, por favor?"],
            then: &["Listo, quedó a nombre de la empresa. Le llega al correo en unos minutos."],
            code: "factura-enviada",
        },
        Topic {
            words: &[
                "roto",
                "rota",
                "no funciona",
                "no prende",
                "garant",
                "dañad",
                "devol",
                "gotea",
                "recibo",
            ],
            first: &["Lamento lo que pasó. Eso lo cubre la garantía: ¿conserva la caja y el recibo?"],
            then: &[
                "Entonces puede cambiarlo hoy en cualquier tienda. Dejé el caso anotado, no tiene que explicarlo otra vez.",
            ],
            code: "cambio-por-garantia",
        },
        Topic {
            words: &["cotiz", "bultos", "sacos", "obra", "arena", "mayor", "100"],
            first: &[
                "Claro, eso ya tiene precio por volumen. ¿Para qué día lo necesita y dónde lo entregamos?",
            ],
            then: &["Anotado. Le mando la cotización en PDF en cinco minutos, con el flete incluido."],
            code: "cotizacion-enviada",
        },
        Topic {
            words: &["pintura", "galón", "rinde", "humedad", "baño"],
            first: &["Para eso le sirve un acrílico antihongos: aguanta el vapor y se puede lavar."],
            then: &["El galón rinde unos 25 metros cuadrados a dos manos. Se lo puedo apartar en tienda."],
            code: "asesoria",
        },
        Topic {
            words: &["tornillo", "tuerca", "mariposa", "canaleta"],
            first: &["Ah, el de carriaje de 1/4 con tuerca mariposa. Lo tenemos en caja de 100."],
            then: &["Se los dejo apartados en el mostrador a su nombre."],
            code: "venta",
        },
    ],
    other: Topic {
        words: &[],
        first: &["Cuénteme, ¿en qué le puedo ayudar?"],
        then: &["Entiendo. Lo reviso con la tienda y le confirmo en un momento.", "Listo, ya quedó anotado."],
        code: "consulta-resuelta",
    },
    in_doubt: &["Un momento, lo confirmo con la tienda y le cuento."],
    thanks: &["gracias", "amable"],
    farewell: &[
        "¡Con mucho gusto! Que tenga un buen día.",
        "A usted por escribirnos. ¡Feliz día!",
        "Con gusto, para eso estamos.",
    ],
    introduction: |name| format!("Hola, le saluda {name}, de El Tornillo."),
};

const PT: Phrases = Phrases {
    topics: &[
        Topic {
            words: &["pedido", "et-", "porteiro"],
            first: &[
                "Só um instante, já vejo no sistema.",
                "Achei: saiu hoje do depósito e chega até as 17 horas.",
            ],
            then: &["Pode sim, já avisei o motorista."],
            code: "pedido-informado",
        },
        Topic {
            words: &["não liga", "não funciona", "garantia", "defeito", "quebr"],
            first: &["Sinto muito! Isso a garantia cobre. Você tem a nota da compra?"],
            then: &["Então é só passar na loja, que trocamos na hora. Já deixei tudo anotado."],
            code: "cambio-por-garantia",
        },
        Topic {
            words: &["nota fiscal", "cnpj"],
            first: &["Emitimos sim! É só informar o CNPJ na compra, e a nota chega por e-mail."],
            then: &["Combinado, fica no cadastro."],
            code: "factura-enviada",
        },
        Topic {
            words: &["orçamento", "atacado", "latas", "tinta", "cimento", "entrega"],
            first: &["Claro! Para essa quantidade há preço especial. Onde e quando entregamos?"],
            then: &["Anotado. Em cinco minutos envio o orçamento em PDF, com frete incluído."],
            code: "cotizacion-enviada",
        },
    ],
    other: Topic {
        words: &[],
        first: &["Me conte, como posso ajudar?"],
        then: &["Entendi. Vou confirmar com a loja e já respondo.", "Certo, ficou anotado."],
        code: "consulta-resuelta",
    },
    in_doubt: &["Um momento, confirmo com a loja e já respondo."],
    thanks: &["obrigad", "valeu"],
    farewell: &["Imagina! Tenha um ótimo dia.", "Nós que agradecemos. Até logo!"],
    introduction: |name| format!("Olá, aqui é {name}, da El Tornillo."),
};

impl Phrases {
    /// In a customer's language.
    pub(in crate::demo) fn of(language: &str) -> &'static Self {
        match language {
            "pt" => &PT,
            _ => &ES,
        }
    }

    /// What the customer writes about: what was said last, or else anything that was said before.
    pub(in crate::demo) fn topic(&self, latest: &str, all: &str) -> &Topic {
        let about = |words: &str| {
            let words = words.to_lowercase();
            self.topics.iter().find(|topic| topic.words.iter().any(|word| words.contains(word)))
        };
        about(latest).or_else(|| about(all)).unwrap_or(&self.other)
    }

    /// What is said when there is nothing better to say.
    pub(in crate::demo) fn in_doubt(&self) -> &'static [&'static str] {
        self.in_doubt
    }

    /// Whether the customer says goodbye.
    pub(in crate::demo) fn is_thanks(&self, words: &str) -> bool {
        let words = words.to_lowercase();
        self.thanks.iter().any(|word| words.contains(word))
    }

    /// What is answered to that.
    pub(in crate::demo) fn farewell(&self) -> &'static [&'static str] {
        self.farewell
    }

    /// How an agent begins.
    pub(in crate::demo) fn introduction(&self, name: &str) -> String {
        (self.introduction)(name.split(' ').next().unwrap_or(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::event::CaseClosed;

    #[test]
    fn codes_are_codes_and_customers_notice_a_person() {
        for phrases in [&ES, &PT] {
            let topics = phrases.topics.iter().chain([&phrases.other]);
            assert!(topics.into_iter().all(|topic| CaseClosed::is_code(topic.code)));
            let introduction = phrases.introduction("Paola Cárdenas");
            assert!(INTRODUCTIONS.iter().any(|words| introduction.contains(words)), "{introduction}");
        }
    }
}
