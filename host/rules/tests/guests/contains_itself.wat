;; A schema that is never written out to its end.
(data (i32.const 512) "{\22type\22:\22object\22,\22properties\22:{\22a\22:{\22$ref\22:\22#/$defs/a\22}},\22$defs\22:{\22a\22:{\22items\22:{\22$ref\22:\22#/$defs/a\22}}}}")
(data (i32.const 1024) "{}")
(func (export "timonel:rules/rule@0.1.0#describe") (result i32)
  (i32.store (i32.const 88) (i32.const 1024)) (i32.store (i32.const 92) (i32.const 2))  ;; example
  (i32.store (i32.const 96) (i32.const 512)) (i32.store (i32.const 100) (i32.const 102))  ;; schema
  (i32.const 64))
(func (export "timonel:rules/routing@0.1.0#route") (param i32) (result i32) (i32.const 128))
