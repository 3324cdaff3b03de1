"""A till that practises: the same requests, each of which says so."""
from shop import pb

CASH, CARD = pb.TENDER_CASH, pb.TENDER_CARD


def begin(till, command_id=None):
    return till.command(pb.OP_TRAINING_BEGIN, pb.TrainingBegin(), pb.TrainingState, command_id)


def end(till, command_id=None):
    return till.command(pb.OP_TRAINING_END, pb.TrainingEnd(), pb.TrainingState, command_id)


def open_shift(till, minor=10000, training=True):
    return till.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=minor, training=training), pb.ShiftShown)


def quote(till, made, approval=b"", training=True):
    return till.call(pb.OP_SALE_QUOTE, pb.SaleQuote(basket=made, approval=approval, training=training), pb.SaleQuoted)


def sell(till, made, total, *tenders, approval=b"", command_id=None, training=True):
    """tenders: (kind, amount, reference or None), or ready ones; none: cash, exactly."""
    message = pb.SaleRingUp(basket=made, total_minor=total, approval=approval, training=training)
    for tender in tenders or [(CASH, total, None)]:
        if isinstance(tender, pb.Tender):
            message.tenders.append(tender)
            continue
        kind, amount, reference = tender
        message.tenders.append(pb.Tender(kind=kind, amount_minor=amount, reference=reference))
    return till.command(pb.OP_SALE_RING_UP, message, pb.SaleRungUp, command_id)


def refund(till, number, *lines, training=True):
    message = pb.SaleRefund(receipt_number=number, reason="stale", training=training)
    message.lines.extend(pb.RefundLine(line=line, quantity_milli=milli) for line, milli in lines)
    return till.command(pb.OP_SALE_REFUND, message, pb.SaleRungUp)


def show(till, **key):
    return till.call(pb.OP_SALE_SHOW, pb.SaleShow(**key), pb.SaleShown)


def copy(till, training=True, **key):
    return till.command(pb.OP_RECEIPT_PRINT, pb.ReceiptPrint(training=training, **key), pb.ReceiptPrinted)


def move(till, kind, minor, training=True):
    message = pb.ShiftMove(kind=kind, amount_minor=minor, reason="change", training=training)
    return till.command(pb.OP_SHIFT_MOVE, message, pb.ShiftShown)


def no_sale(till, training=True):
    return till.command(pb.OP_SHIFT_NO_SALE, pb.ShiftNoSale(reason="change", training=training), pb.ShiftShown)


def report(till):
    return till.call(pb.OP_SHIFT_REPORT, pb.ShiftReport(), pb.ShiftReported)


def shift(till):
    return till.call(pb.OP_SHIFT_SHOW, pb.ShiftShow(), pb.ShiftShown)


def close(till, counted, training=True):
    return till.command(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=counted, training=training), pb.ShiftReported)


def throw_away(till, made, training=True):
    return till.command(pb.OP_BASKET_VOID, pb.BasketVoid(basket=made, reason="left", training=training), pb.BasketVoided)


def says_training(paper):
    """At its head and its foot, before and behind anything else."""
    rows = [row.left for row in paper.rows]
    return rows[:2] == ["TRAINING", "NOT A RECEIPT"] == rows[-2:]
