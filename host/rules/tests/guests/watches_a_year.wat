;; A watcher that wants to be shown more of the past than there is a way to.
(func (export "timonel:rules/alerting@0.1.0#watches") (param i32 i32) (result i32) (i32.const 256))
(data (i32.const 256) "\10\01\00\00\01\00\00\00") ;; one watch, at 272
(data (i32.const 272)
  "\80\01\00\00\03\00\00\00"  ;; rule: kpi
  "\83\01\00\00\01\00\00\00"  ;; figure: n
  "\84\01\00\00\07\00\00\00"  ;; by: company
  "\38\22\00\00")             ;; hours: 8760
(data (i32.const 384) "kpincompany")
